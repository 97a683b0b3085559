package dev.asterism.device;

import dev.asterism.crypto.Der;
import dev.asterism.crypto.EcdsaP256;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The maker of software platforms with TDX: in Intel's place it certifies their keys and publishes
 * collateral, under a root of its own and Intel's names. Only a policy that holds that root trusts
 * it.
 */
public final class SoftwareTdxVendor {
  /** Of Intel's PCK certificates. */
  private static final String PCK_EXTENSION = "1.2.840.113741.1.13.1";

  private static final String COMPANY = ",O=Asterism software devices,C=XX";

  static final Bytes QE_SIGNER =
      hex("a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
  static final int QE_PRODUCT = 2;
  static final int QE_SVN = 4;
  private static final int COMPONENTS = 16;
  private static final int SVN = 2;
  private static final int PCE_SVN = 11;

  /** Of all platforms that this vendor makes. */
  public static final Bytes FMSPC = hex("50c06f000000");

  private final Validity validity;
  private final VendorAuthority root;
  private final VendorAuthority authority;
  private final KeyPair signingKey;
  private final X509Certificate signer;

  private SoftwareTdxVendor(Validity validity) {
    this.validity = validity;
    this.root = VendorAuthority.root("CN=Intel SGX Root CA" + COMPANY, validity);
    this.authority = root.authority("CN=Intel SGX PCK Platform CA" + COMPANY, validity);
    this.signingKey = KeyPairs.ecP256();
    this.signer =
        root.issue(
            signingKey.getPublic(), "CN=Intel SGX TCB Signing" + COMPANY, validity, Map.of());
  }

  /** A new one, with keys of its own. All it issues counts from {@code from} to {@code to}. */
  public static SoftwareTdxVendor create(Instant from, Instant to) {
    return new SoftwareTdxVendor(new Validity(from, to));
  }

  /** What a policy must hold to trust platforms of this vendor. */
  public X509Certificate rootCertificate() {
    return root.certificate();
  }

  public VendorAuthority root() {
    return root;
  }

  /** Who issues PCK certificates. */
  public VendorAuthority authority() {
    return authority;
  }

  /** Who signs collateral. */
  public X509Certificate signer() {
    return signer;
  }

  public KeyPair signingKey() {
    return signingKey;
  }

  /**
   * Certifies a platform at the current level.
   *
   * @param ppid 16 bytes
   */
  public X509Certificate pck(PublicKey key, Bytes ppid) {
    return certify(key, extension(ppid, FMSPC, SVN, PCE_SVN));
  }

  /** Certifies a platform with an extension of one's own making. */
  public X509Certificate certify(PublicKey key, Bytes extension) {
    return authority.issue(
        key, "CN=Intel SGX PCK Certificate" + COMPANY, validity, Map.of(PCK_EXTENSION, extension));
  }

  /** The extension of a PCK certificate, all of whose components have one SVN. */
  public static Bytes extension(Bytes ppid, Bytes fmspc, int svn, int pceSvn) {
    ByteWriter tcb = new ByteWriter();
    for (int i = 1; i <= COMPONENTS; i++) {
      tcb.bytes(member(".2." + i, Der.tlv(Der.INTEGER, number(svn))));
    }
    tcb.bytes(member(".2.17", Der.tlv(Der.INTEGER, number(pceSvn))));
    tcb.bytes(member(".2.18", Der.tlv(Der.OCTET_STRING, Bytes.zeros(16))));
    return Der.tlv(
        Der.SEQUENCE,
        member(".1", Der.tlv(Der.OCTET_STRING, ppid)),
        member(".2", Der.tlv(Der.SEQUENCE, tcb.toBytes())),
        member(".3", Der.tlv(Der.OCTET_STRING, Bytes.zeros(2))),
        member(".4", Der.tlv(Der.OCTET_STRING, fmspc)));
  }

  private static Bytes member(String oid, Bytes value) {
    return Der.tlv(Der.SEQUENCE, Der.oid(PCK_EXTENSION + oid), value);
  }

  private static Bytes number(int value) {
    return Bytes.of(java.math.BigInteger.valueOf(value).toByteArray());
  }

  /** TCB info by which this vendor's platforms have {@code status}. */
  public ObjectNode tcbInfo(String status, List<String> advisories) {
    ObjectNode info = Json.newObject().put("id", "TDX").put("version", 3);
    dates(info);
    info.put("fmspc", FMSPC.hex()).put("pceId", "0000").put("tcbType", 0);
    info.put("tcbEvaluationDataNumber", 1);
    module(info.putObject("tdxModule"));
    ObjectNode identity = info.putArray("tdxModuleIdentities").addObject().put("id", "TDX_01");
    module(identity);
    isvLevel(identity.putArray("tcbLevels"), QE_SVN);
    ObjectNode level = info.putArray("tcbLevels").addObject();
    ObjectNode tcb = level.putObject("tcb");
    components(tcb.putArray("sgxtcbcomponents"));
    tcb.put("pcesvn", PCE_SVN);
    components(tcb.putArray("tdxtcbcomponents"));
    level.put("tcbDate", validity.from().toString()).put("tcbStatus", status);
    advisories.forEach(level.putArray("advisoryIDs")::add);
    return info;
  }

  /** The identity of this vendor's quoting enclave. */
  public ObjectNode qeIdentity() {
    ObjectNode identity = Json.newObject().put("id", "TD_QE").put("version", 2);
    dates(identity);
    identity.put("tcbEvaluationDataNumber", 1);
    identity.put("miscselect", "00000000").put("miscselectMask", "ffffffff");
    identity.put("attributes", "11000000000000000000000000000000");
    identity.put("attributesMask", "fbffffffffffffff0000000000000000");
    identity.put("mrsigner", QE_SIGNER.hex()).put("isvprodid", QE_PRODUCT);
    isvLevel(identity.putArray("tcbLevels"), QE_SVN);
    return identity;
  }

  private void dates(ObjectNode json) {
    json.put("issueDate", validity.from().toString());
    json.put("nextUpdate", validity.to().toString());
  }

  private static void module(ObjectNode module) {
    module.put("mrsigner", Bytes.zeros(48).hex());
    module.put("attributes", Bytes.zeros(8).hex()).put("attributesMask", "ffffffffffffffff");
  }

  private void isvLevel(ArrayNode levels, int svn) {
    ObjectNode level = levels.addObject();
    level.putObject("tcb").put("isvsvn", svn);
    level.put("tcbDate", validity.from().toString()).put("tcbStatus", "UpToDate");
  }

  private static void components(ArrayNode components) {
    for (int i = 0; i < COMPONENTS; i++) {
      // What all platforms have: the quote's third TDX component is 2, the others are 0.
      components.addObject().put("svn", i == 2 ? SVN : 0);
    }
  }

  /** {@code {"<member>": …, "signature": …}} as the vendor publishes it. */
  public Bytes signed(String member, ObjectNode content) {
    String text = Json.line(content);
    Bytes signature = EcdsaP256.sign(signingKey.getPrivate(), Bytes.ofUtf8(text));
    return Bytes.ofUtf8(
        "{\"" + member + "\":" + text + ",\"signature\":\"" + signature.hex() + "\"}");
  }

  /** The signer of collateral and the root, PEM. */
  public Bytes signerChain() {
    return Bytes.ofUtf8(Pem.encode(signer) + Pem.encode(root.certificate()));
  }

  /** A list of that authority that revokes those. */
  public Bytes revocationList(VendorAuthority of, List<X509Certificate> revoked) {
    return of.revocationList(validity, revoked);
  }

  /**
   * All collateral by file name, as a collateral folder holds it.
   *
   * @param status of this vendor's platforms: {@code UpToDate}
   */
  public Map<String, Bytes> collateral(String status, List<String> advisories) {
    Map<String, Bytes> files = new TreeMap<>();
    files.put("tcb-info.json", signed("tcbInfo", tcbInfo(status, advisories)));
    files.put("tcb-info-chain.pem", signerChain());
    files.put("qe-identity.json", signed("enclaveIdentity", qeIdentity()));
    files.put("qe-identity-chain.pem", signerChain());
    files.put("root-crl.der", revocationList(root, List.of()));
    files.put("pck-crl.der", revocationList(authority, List.of()));
    return files;
  }

  static Bytes hex(String digits) {
    try {
      return Bytes.ofHex("constant", digits);
    } catch (MalformedException e) {
      throw new IllegalStateException("not hex", e);
    }
  }
}
