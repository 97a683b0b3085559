package dev.asterism.testing;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Forges vTPM documents: every field can be changed, and all is signed again, so that each fault
 * stands alone. Written from the specification, not with the code under test.
 */
public final class ForgedVtpm {
  public static final int RSASSA = 0x14;
  public static final int RSAPSS = 0x16;
  public static final int ECDSA = 0x18;
  public static final int NULL = 0x10;

  /** Keys are public knowledge, and slow to make. */
  private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();

  public KeyPair key = keyPair("RSA");
  public Bytes userData = Bytes.ofUtf8("user data");
  public Bytes nonce = Digests.SHA256.of(Bytes.ofUtf8("nonce"));
  public @Nullable Bytes instanceInfo;
  public @Nullable Bytes eventLog;
  public @Nullable Bytes akCert;
  public List<Bytes> intermediateCerts = new ArrayList<>();

  // TPMT_PUBLIC
  public int nameAlg = 0x0b;
  public long attributes = 0x00050072L;
  public Bytes authPolicy = Bytes.EMPTY;
  public int areaScheme = RSASSA;
  public int areaHash = 0x0b;
  public int keyBits = 2048;
  public long exponent = 0;
  public Bytes areaTail = Bytes.EMPTY;

  // TPMS_ATTEST
  public long magic = 0xff544347L;
  public int type = 0x8018;
  public @Nullable Bytes qualifiedSigner;
  public long restartCount = 7;
  public @Nullable Bytes extraData;
  public int safe = 1;
  public int selections = 1;

  /** A bank of which nothing is selected, named before; null: none. */
  public @Nullable Integer unselectedHash;

  public @Nullable Integer selectedHash;
  public SortedSet<Integer> selected = new TreeSet<>(IntStream.range(0, 24).boxed().toList());
  public @Nullable Bytes pcrDigest;
  public Bytes attestTail = Bytes.EMPTY;

  // TPMT_SIGNATURE
  public int scheme = RSASSA;
  public Digests hash = Digests.SHA256;
  public int saltLength = 32;
  public @Nullable Bytes signature;
  public Bytes signatureTail = Bytes.EMPTY;

  /** Values that the quote is over, by bank; one quote each, in that order. */
  public final List<Digests> banks = new ArrayList<>(List.of(Digests.SHA256));

  /** Values shown in the document, where they are not those quoted. */
  public final SortedMap<Integer, Bytes> shown = new TreeMap<>();

  private final Map<Digests, SortedMap<Integer, Bytes>> pcrs = new TreeMap<>();

  private ForgedVtpm() {}

  /** A document without a fault, then changed. */
  public static ForgedVtpm with(Consumer<ForgedVtpm> change) {
    var forged = new ForgedVtpm();
    change.accept(forged);
    return forged;
  }

  public static ForgedVtpm genuine() {
    return with(f -> {});
  }

  /** {@code RSA}, {@code RSA1024}, {@code secp256r1}, {@code secp384r1}, {@code other RSA}, … */
  public static KeyPair keyPair(String name) {
    return KEYS.computeIfAbsent(name, ForgedVtpm::generate);
  }

  /** An ECDSA key with its scheme, P-256 or P-384. */
  public void ecdsa(String curve, Digests digest) {
    key = keyPair(curve);
    areaScheme = ECDSA;
    scheme = ECDSA;
    hash = digest;
    areaHash = algorithm(digest);
  }

  /** The quoted values of a bank; change them before the quote is made. */
  public SortedMap<Integer, Bytes> pcrs(Digests bank) {
    return pcrs.computeIfAbsent(
        bank,
        b -> {
          SortedMap<Integer, Bytes> values = new TreeMap<>();
          for (int pcr = 0; pcr < 24; pcr++) {
            values.put(pcr, pcr < 10 ? b.of(Bytes.ofUtf8("PCR " + pcr)) : Bytes.zeros(b.length()));
          }
          return values;
        });
  }

  public Bytes qualifyingData() {
    Bytes extra = Digests.SHA256.of(userData, nonce);
    return Digests.SHA256.of(instanceInfo == null ? Bytes.EMPTY : instanceInfo, extra);
  }

  public Bytes publicArea() {
    ByteWriter out = new ByteWriter();
    boolean rsa = key.getPublic() instanceof RSAPublicKey;
    out.u16be(rsa ? 0x01 : 0x23).u16be(nameAlg).u32be(attributes).sized16be(authPolicy);
    out.u16be(NULL).u16be(areaScheme);
    if (areaScheme != NULL) {
      out.u16be(areaHash);
    }
    if (key.getPublic() instanceof RSAPublicKey rsaKey) {
      out.u16be(keyBits).u32be(exponent);
      out.sized16be(unsigned(rsaKey.getModulus(), rsaKey.getModulus().bitLength() / 8));
    } else if (key.getPublic() instanceof ECPublicKey ecKey) {
      int length = (ecKey.getParams().getOrder().bitLength() + 7) / 8;
      out.u16be(length == 32 ? 3 : 4).u16be(NULL);
      out.sized16be(unsigned(ecKey.getW().getAffineX(), length));
      out.sized16be(unsigned(ecKey.getW().getAffineY(), length));
    }
    return out.bytes(areaTail).toBytes();
  }

  /** As a TPM says it in what it signs, if the key is one right below that hierarchy. */
  public Bytes qualifiedName(long hierarchy) {
    Digests digest = nameAlg == 0x0c ? Digests.SHA384 : Digests.SHA256;
    Bytes name = new ByteWriter().u16be(nameAlg).bytes(digest.of(publicArea())).toBytes();
    Bytes handle = new ByteWriter().u32be(hierarchy).toBytes();
    return new ByteWriter().u16be(nameAlg).bytes(digest.of(handle, name)).toBytes();
  }

  public Bytes attest(Digests bank) {
    ByteWriter out = new ByteWriter();
    out.u32be(magic).u16be(type);
    out.sized16be(qualifiedSigner == null ? qualifiedName(0x40000001L) : qualifiedSigner);
    out.sized16be(extraData == null ? qualifyingData() : extraData);
    out.u64be(1234).u32be(5).u32be(restartCount).u8(safe).u64be(1);
    out.u32be(selections + (unselectedHash == null ? 0 : 1));
    if (unselectedHash != null) {
      out.u16be(unselectedHash).u8(3).bytes(new byte[3]);
    }
    for (int i = 0; i < selections; i++) {
      byte[] bits = new byte[3];
      selected.forEach(pcr -> bits[pcr / 8] |= (byte) (1 << pcr % 8));
      out.u16be(selectedHash == null ? algorithm(bank) : selectedHash).u8(3).bytes(bits);
    }
    SortedMap<Integer, Bytes> values = new TreeMap<>(pcrs(bank));
    values.keySet().retainAll(selected);
    Bytes digest = hash.of(values.values().toArray(Bytes[]::new));
    out.sized16be(pcrDigest == null ? digest : pcrDigest);
    return out.bytes(attestTail).toBytes();
  }

  /** TPMT_SIGNATURE over {@code attest}. */
  public Bytes signature(Bytes attest) {
    ByteWriter out = new ByteWriter().u16be(scheme).u16be(algorithm(hash));
    Bytes made = signature == null ? rawSignature(attest) : signature;
    if (scheme == ECDSA && signature == null) {
      BigInteger[] rs = integers(made);
      int length = (((ECPublicKey) key.getPublic()).getParams().getOrder().bitLength() + 7) / 8;
      out.sized16be(unsigned(rs[0], length)).sized16be(unsigned(rs[1], length));
    } else if (scheme == ECDSA) {
      out.bytes(made);
    } else {
      out.sized16be(made);
    }
    return out.bytes(signatureTail).toBytes();
  }

  /** As the JCA writes it. */
  public Bytes rawSignature(Bytes attest) {
    try {
      String prefix = hash.algorithm().replace("-", "");
      Signature signer =
          Signature.getInstance(
              switch (scheme) {
                case RSAPSS -> "RSASSA-PSS";
                case ECDSA -> prefix + "withECDSA";
                default -> prefix + "withRSA";
              });
      if (scheme == RSAPSS) {
        signer.setParameter(
            new PSSParameterSpec(
                hash.algorithm(), "MGF1", new MGF1ParameterSpec(hash.algorithm()), saltLength, 1));
      }
      signer.initSign(key.getPrivate());
      signer.update(attest.toArray());
      return Bytes.of(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The document's JSON, which the caller may change further. */
  public ObjectNode json() {
    ObjectNode root = Json.newObject();
    ObjectNode attestation = root.putObject("Attestation");
    attestation.put("ak_pub", publicArea().base64());
    ArrayNode quotes = attestation.putArray("quotes");
    for (Digests bank : banks) {
      Bytes attest = attest(bank);
      ObjectNode quote = quotes.addObject();
      quote.put("quote", attest.base64()).put("raw_sig", signature(attest).base64());
      ObjectNode values = quote.putObject("pcrs");
      values.put("hash", algorithm(bank));
      ObjectNode list = values.putObject("pcrs");
      SortedMap<Integer, Bytes> all = new TreeMap<>(pcrs(bank));
      all.putAll(shown);
      all.forEach((pcr, value) -> list.put(Integer.toString(pcr), value.base64()));
    }
    if (eventLog != null) {
      attestation.put("event_log", eventLog.base64());
    }
    if (akCert != null) {
      attestation.put("ak_cert", akCert.base64());
    }
    if (!intermediateCerts.isEmpty()) {
      ArrayNode list = attestation.putArray("intermediate_certs");
      intermediateCerts.forEach(c -> list.add(c.base64()));
    }
    attestation.putNull("TeeAttestation");
    root.put("InstanceInfo", instanceInfo == null ? null : instanceInfo.base64());
    root.put("UserData", userData.base64());
    return root;
  }

  public Bytes document() {
    return Bytes.ofUtf8(Json.line(json()));
  }

  public static int algorithm(Digests hash) {
    return switch (hash) {
      case SHA1 -> 0x04;
      case SHA256 -> 0x0b;
      case SHA384 -> 0x0c;
      case SHA512 -> 0x0d;
    };
  }

  private static KeyPair generate(String name) {
    try {
      boolean rsa = name.contains("RSA");
      KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
      if (rsa) {
        generator.initialize(name.endsWith("1024") ? 1024 : 2048);
      } else {
        generator.initialize(new ECGenParameterSpec(name.substring(name.lastIndexOf(' ') + 1)));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BigInteger[] integers(Bytes der) {
    int rLength = der.at(3);
    Bytes r = der.slice(4, 4 + rLength);
    Bytes s = der.slice(6 + rLength, der.length());
    return new BigInteger[] {new BigInteger(r.toArray()), new BigInteger(s.toArray())};
  }

  private static Bytes unsigned(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[length];
    int from = Math.max(0, bytes.length - length);
    System.arraycopy(bytes, from, padded, length - (bytes.length - from), bytes.length - from);
    return Bytes.of(padded);
  }
}
