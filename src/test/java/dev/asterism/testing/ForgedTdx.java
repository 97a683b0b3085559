package dev.asterism.testing;

import dev.asterism.crypto.KeyPairs;
import dev.asterism.device.SoftwareQuote;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * A genuine TD quote with genuine collateral, of which every field can be changed before it is
 * signed: exactly one thing is then wrong.
 */
public final class ForgedTdx {
  public static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  public static final Instant TO = FROM.plus(Duration.ofDays(30));

  /** When all of it counts. */
  public static final Instant AT = FROM.plus(Duration.ofDays(3));

  public static final Bytes PPID = Bytes.ofUtf8("a platform of 16");

  /** Keys are slow to make, and nobody changes this one. */
  public static final SoftwareTdxVendor VENDOR = SoftwareTdxVendor.create(FROM, TO);

  private static final KeyPair PCK = KeyPairs.ecP256();
  private static final X509Certificate CERTIFICATE = VENDOR.pck(PCK.getPublic(), PPID);

  public final SoftwareTdxVendor vendor;
  public final SoftwareQuote quote;
  public final ObjectNode tcbInfo;
  public final ObjectNode qeIdentity;

  /** What replaces a file of the collateral, by its name. */
  public final Map<String, Bytes> replaced = new TreeMap<>();

  private ForgedTdx(SoftwareTdxVendor vendor, X509Certificate certificate) {
    this.vendor = vendor;
    this.quote = new SoftwareQuote(PCK.getPrivate(), chain(vendor, certificate));
    this.tcbInfo = vendor.tcbInfo("UpToDate", List.of());
    this.qeIdentity = vendor.qeIdentity();
  }

  /** Nothing is wrong with it. */
  public static ForgedTdx genuine() {
    return new ForgedTdx(VENDOR, CERTIFICATE);
  }

  public static ForgedTdx with(Consumer<ForgedTdx> change) {
    ForgedTdx forged = genuine();
    change.accept(forged);
    return forged;
  }

  /** Of a platform that the vendor certifies otherwise. */
  public static ForgedTdx ofPlatform(Bytes extension) {
    return new ForgedTdx(VENDOR, VENDOR.certify(PCK.getPublic(), extension));
  }

  public static KeyPair pck() {
    return PCK;
  }

  /** PCK, its authority, the root. */
  public static List<X509Certificate> chain(SoftwareTdxVendor vendor, X509Certificate pck) {
    return List.of(pck, vendor.authority().certificate(), vendor.rootCertificate());
  }

  /** All collateral by file name. */
  public Map<String, Bytes> collateral() {
    Map<String, Bytes> files = new TreeMap<>(vendor.collateral("UpToDate", List.of()));
    files.put("tcb-info.json", vendor.signed("tcbInfo", tcbInfo));
    files.put("qe-identity.json", vendor.signed("enclaveIdentity", qeIdentity));
    files.putAll(replaced);
    return files;
  }

  /** An attestation config by which the genuine quote is good. */
  public static ObjectNode config() {
    ObjectNode config = Json.newObject();
    config.putObject("measurements").put("0", "00".repeat(48));
    config.put("intelRootKey", dev.asterism.crypto.Pem.encode(VENDOR.rootCertificate()));
    return config;
  }
}
