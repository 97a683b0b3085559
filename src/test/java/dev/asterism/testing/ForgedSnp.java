package dev.asterism.testing;

import dev.asterism.attestation.snp.SnpDocument;
import dev.asterism.attestation.snp.SnpForgery;
import dev.asterism.attestation.snp.SnpInstanceInfo;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.device.SoftwareAmd;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document of variant {@code sev-snp} that a good policy accepts, made by a maker of its own;
 * each part can be changed before it is signed.
 */
public final class ForgedSnp {
  public static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  public static final Bytes NONCE = Bytes.ofUtf8("a nonce of thirty-two bytes, ok?");
  public static final Bytes USER_DATA = Bytes.ofUtf8("user data");
  public static final Bytes MEASUREMENT = filled(48, 0x11);

  private static final String ARC = "1.3.6.1.4.1.3704.1.";

  private static final Map<SoftwareLine, SoftwareAmd> MAKERS = new ConcurrentHashMap<>();

  /** RSA keys take long; makers of all lines share these, those of strangers the others. */
  private static final KeyPair ARK = PssAuthority.newKey(2048);

  private static final KeyPair ASK = PssAuthority.newKey(2048);

  /** A maker whom nobody trusts. */
  public static SoftwareAmd stranger() {
    return new SoftwareAmd(SoftwareLine.GENOA, ASK, ARK, NOW.minus(Duration.ofDays(9)));
  }

  public final SoftwareLine line;
  public final Bytes hardwareId;
  public final KeyPair key = SoftwareAmd.newChipKey();
  public long tcb;

  /** Of the certificate. */
  public final Map<String, Bytes> extensions;

  public final SoftwareReport report;
  public UnaryOperator<Bytes> afterSigning = r -> r;
  public X509Certificate leaf;
  public X509Certificate intermediate;
  public X509Certificate root;
  public Bytes crl;
  public String claims = "{\"clusterId\":null,\"bootId\":\"000102030405060708090a0b0c0d0e0f\"}";
  public boolean stapled = true;

  /** Whether the host puts the certificate where a VLEK's belongs. */
  public boolean vlekSlot;

  private ForgedSnp(SoftwareLine line) {
    this.line = line;
    this.tcb = line.tcb();
    this.hardwareId = filled(line.hardwareIdLength(), 0x77);
    this.extensions = new HashMap<>(maker().extensions(line.id(), tcb, hardwareId));
    this.report =
        SoftwareSnp.fields(line, hardwareId, MEASUREMENT, tcb, filled(32, 0x22))
            .set(SoftwareReport.HOST_DATA, filled(32, 0x33))
            .set(SoftwareReport.FAMILY_ID, filled(16, 0x44))
            .set(SoftwareReport.IMAGE_ID, filled(16, 0x45))
            .set(SoftwareReport.ID_KEY_DIGEST, filled(48, 0x55))
            .set(SoftwareReport.AUTHOR_KEY_DIGEST, filled(48, 0x66))
            .u32(SoftwareReport.SIGNER_INFO, 1)
            .u32(SoftwareReport.GUEST_SVN, 7);
    this.intermediate = maker().intermediate();
    this.root = maker().root();
    this.crl = crl(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(30)));
  }

  /** With keys that are made once: RSA takes long. */
  public static SoftwareAmd maker(SoftwareLine line) {
    return MAKERS.computeIfAbsent(
        line, l -> new SoftwareAmd(l, ARK, ASK, NOW.minus(Duration.ofDays(30))));
  }

  public SoftwareAmd maker() {
    return maker(line);
  }

  public static ForgedSnp genuine() {
    return new ForgedSnp(SoftwareLine.GENOA);
  }

  public static ForgedSnp genuine(SoftwareLine line) {
    return new ForgedSnp(line);
  }

  public static ForgedSnp with(Consumer<ForgedSnp> change) {
    ForgedSnp forged = genuine();
    change.accept(forged);
    return forged;
  }

  public Bytes crl(Instant from, Instant to, Long... revoked) {
    return maker().crl(from, to, List.of(revoked));
  }

  public X509Certificate leaf() {
    return leaf != null
        ? leaf
        : maker().intermediateAuthority().issue(maker().vcekRequest(key.getPublic(), extensions));
  }

  /** The request of the leaf, to be changed. */
  public PssAuthority.Request request() {
    return maker().vcekRequest(key.getPublic(), extensions);
  }

  public Bytes table() {
    if (!stapled) {
      return Bytes.EMPTY;
    }
    Bytes table = SoftwareSnp.table(der(leaf()), der(intermediate), der(root), crl);
    return vlekSlot ? Bytes.concat(SnpForgery.vlekGuid(), table.slice(16, table.length())) : table;
  }

  /** The report over these claims, the user data and the nonce. */
  public Bytes signedReport() {
    report.set(
        SoftwareReport.REPORT_DATA, SnpForgery.reportData(USER_DATA, NONCE, Bytes.ofUtf8(claims)));
    return afterSigning.apply(report.signed(key.getPrivate()));
  }

  public Bytes document() {
    Bytes table = table();
    return new SnpDocument(
            signedReport(), table.isEmpty() ? null : table, Bytes.ofUtf8(claims), USER_DATA)
        .write();
  }

  /** By a key that AMD's other authority gave a provider for its fleet. */
  public static ForgedSnp ofFleet(String provider) {
    ForgedSnp f = genuine();
    f.extensions.remove(ARC + "4");
    f.extensions.put(
        ARC + "5",
        new ByteWriter().u8(0x16).u8(provider.length()).bytes(Bytes.ofUtf8(provider)).toBytes());
    PssAuthority authority =
        f.maker()
            .rootAuthority()
            .authority(ASK, named(f.request(), "CN=SEV-VLEK-Genoa,O=x", ASK.getPublic(), true));
    f.intermediate = authority.certificate();
    f.leaf = authority.issue(named(f.request(), "CN=SEV-VLEK,O=x", f.key.getPublic(), false));
    f.report.u32(SoftwareReport.SIGNER_INFO, 1 | (1 << 2));
    return f;
  }

  private static PssAuthority.Request named(
      PssAuthority.Request r, String subject, PublicKey key, boolean authority) {
    return new PssAuthority.Request(
        key,
        subject,
        r.serial(),
        r.notBefore(),
        r.notAfter(),
        authority,
        authority ? Map.of() : r.extensions());
  }

  /** As vTPM documents carry it, with a report over these bytes. */
  public SnpInstanceInfo instanceInfo(
      Bytes reportData, SnpInstanceInfo.Azure azure, SnpInstanceInfo.Gcp gcp) {
    report.set(SoftwareReport.REPORT_DATA, reportData);
    return new SnpInstanceInfo(
        Bytes.ofUtf8(Pem.encode(leaf())),
        Bytes.ofUtf8(Pem.encode(intermediate) + Pem.encode(root)),
        afterSigning.apply(report.signed(key.getPrivate())),
        azure,
        gcp);
  }

  /** A config that asks for everything that a genuine document has. */
  public ObjectNode config() {
    ObjectNode config = Json.newObject().put("variant", "sev-snp");
    config
        .putObject("measurements")
        .putObject("0")
        .put("expected", MEASUREMENT.hex())
        .put("warnOnly", false);
    ObjectNode snp = config.putObject("snp");
    snp.putArray("measurements").add(MEASUREMENT.hex());
    snp.putArray("hostData").add(filled(32, 0x33).hex());
    snp.putArray("familyIds").add(filled(16, 0x44).hex());
    snp.putArray("imageIds").add(filled(16, 0x45).hex());
    snp.putArray("idKeyDigests").add(filled(48, 0x55).hex());
    snp.putArray("authorKeyDigests").add(filled(48, 0x66).hex());
    snp.putArray("chipIds").add(hardwareId.hex());
    snp.putArray("platform").add("aliasCheck");
    snp.put("minimumGuestSvn", 7);
    var roots = snp.putArray("roots");
    ObjectNode minima = snp.putObject("minimumTcb");
    ObjectNode minimum = minima.putObject(line.id());
    line.versions(line.tcb()).forEach(minimum::put);
    roots.add(Pem.encode(maker().root()));
    return config;
  }

  public static ObjectNode snp(ObjectNode config) {
    return (ObjectNode) config.get("snp");
  }

  public static Bytes filled(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return Bytes.of(bytes);
  }

  public static Bytes hex(String hex) {
    try {
      return Bytes.ofHex("hex", hex);
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
