package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.EcdsaP256;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a TD quote together and signs it, as the quoting enclave of a software platform. Every field
 * may be set to whatever one likes: what follows from it (hashes, signatures, lengths) is made
 * afterwards, so that exactly one thing is wrong with a forged quote.
 */
public final class SoftwareQuote {
  public int version = 4;
  public int attestationKeyType = 2;
  public long teeType = 0x81;
  public Bytes headerSvns = Bytes.zeros(4);
  public Bytes qeVendorId = hex("939a7233f79c4ca9940a0db3957f0607");
  public Bytes headerUserData = Bytes.zeros(20);

  /** Type of the body in version 5: 2 is TDX 1.0, 3 is TDX 1.5. */
  public int bodyType = 3;

  public Bytes teeTcbSvn = hex("05010200000000000000000000000000");
  public Bytes mrSeam = Bytes.zeros(48);
  public Bytes mrSignerSeam = Bytes.zeros(48);
  public Bytes seamAttributes = Bytes.zeros(8);
  public Bytes tdAttributes = hex("0000001000000000");
  public Bytes xfam = hex("e702060000000000");
  public Bytes mrTd = Bytes.zeros(48);
  public Bytes mrConfigId = Bytes.zeros(48);
  public Bytes mrOwner = Bytes.zeros(48);
  public Bytes mrOwnerConfig = Bytes.zeros(48);
  public final List<Bytes> rtmrs = new ArrayList<>();
  public Bytes reportData = Bytes.zeros(64);
  public Bytes teeTcbSvn2 = hex("05010200000000000000000000000000");
  public Bytes mrServiceTd = Bytes.zeros(48);

  public Bytes qeCpuSvn = Bytes.zeros(16);
  public Bytes qeMiscSelect = Bytes.zeros(4);
  public Bytes qeAttributes = hex("1500000000000000e700000000000000");
  public Bytes qeMrEnclave = Bytes.zeros(32);
  public Bytes qeMrSigner = SoftwareTdxVendor.QE_SIGNER;
  public int qeIsvProdId = SoftwareTdxVendor.QE_PRODUCT;
  public int qeIsvSvn = SoftwareTdxVendor.QE_SVN;
  public Bytes qeAuthenticationData = Bytes.zeros(32);

  /** Null: the hash that binds the attestation key. */
  public @Nullable Bytes qeReportData;

  public KeyPair attestationKey = KeyPairs.ecP256();

  /** Null: the attestation key signs the quote. */
  public @Nullable PrivateKey quoteSigner;

  /** Who signs the QE's report. */
  public PrivateKey pck;

  /** PCK, its authority, the root. */
  public List<X509Certificate> chain;

  public int outerType = 6;
  public int innerType = 5;

  /** What follows the quote. */
  public Bytes padding = Bytes.zeros(16);

  public SoftwareQuote(PrivateKey pck, List<X509Certificate> chain) {
    this.pck = pck;
    this.chain = List.copyOf(chain);
    for (int i = 0; i < 4; i++) {
      rtmrs.add(Bytes.zeros(TdxGuest.REGISTER));
    }
  }

  /** Makes it. */
  public Bytes make() {
    Bytes body = body();
    Bytes signed = Bytes.concat(header(), descriptor(body), body);
    Bytes data = signatureData(signed);
    return new ByteWriter().bytes(signed).u32le(data.length()).bytes(data).bytes(padding).toBytes();
  }

  private Bytes header() {
    return new ByteWriter()
        .u16le(version)
        .u16le(attestationKeyType)
        .u32le(teeType)
        .bytes(headerSvns)
        .bytes(qeVendorId)
        .bytes(headerUserData)
        .toBytes();
  }

  private Bytes descriptor(Bytes body) {
    return version == 4
        ? Bytes.EMPTY
        : new ByteWriter().u16le(bodyType).u32le(body.length()).toBytes();
  }

  private Bytes body() {
    ByteWriter out =
        new ByteWriter()
            .bytes(teeTcbSvn)
            .bytes(mrSeam)
            .bytes(mrSignerSeam)
            .bytes(seamAttributes)
            .bytes(tdAttributes)
            .bytes(xfam)
            .bytes(mrTd)
            .bytes(mrConfigId)
            .bytes(mrOwner)
            .bytes(mrOwnerConfig);
    rtmrs.forEach(out::bytes);
    out.bytes(reportData);
    if (version != 4 && bodyType == 3) {
      out.bytes(teeTcbSvn2).bytes(mrServiceTd);
    }
    return out.toBytes();
  }

  private Bytes signatureData(Bytes signed) {
    PrivateKey signer = quoteSigner == null ? attestationKey.getPrivate() : quoteSigner;
    Bytes certification = certification();
    return new ByteWriter()
        .bytes(EcdsaP256.sign(signer, signed))
        .bytes(EcdsaP256.point(attestationKey.getPublic()))
        .u16le(outerType)
        .u32le(certification.length())
        .bytes(certification)
        .toBytes();
  }

  private Bytes certification() {
    Bytes report = qeReport();
    var pem = new StringBuilder();
    chain.forEach(c -> pem.append(Pem.encode(c)));
    Bytes text = Bytes.ofUtf8(pem + "\0");
    return new ByteWriter()
        .bytes(report)
        .bytes(EcdsaP256.sign(pck, report))
        .u16le(qeAuthenticationData.length())
        .bytes(qeAuthenticationData)
        .u16le(innerType)
        .u32le(text.length())
        .bytes(text)
        .toBytes();
  }

  private Bytes qeReport() {
    Bytes binding =
        Bytes.concat(
            Digests.SHA256.of(EcdsaP256.point(attestationKey.getPublic()), qeAuthenticationData),
            Bytes.zeros(32));
    return new ByteWriter()
        .bytes(qeCpuSvn)
        .bytes(qeMiscSelect)
        .bytes(Bytes.zeros(28))
        .bytes(qeAttributes)
        .bytes(qeMrEnclave)
        .bytes(Bytes.zeros(32))
        .bytes(qeMrSigner)
        .bytes(Bytes.zeros(96))
        .u16le(qeIsvProdId)
        .u16le(qeIsvSvn)
        .bytes(Bytes.zeros(60))
        .bytes(qeReportData == null ? binding : qeReportData)
        .toBytes();
  }

  private static Bytes hex(String digits) {
    return SoftwareTdxVendor.hex(digits);
  }
}
