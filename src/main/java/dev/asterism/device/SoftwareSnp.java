package dev.asterism.device;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An SEV-SNP guest in this JVM, on a chip of a {@link SoftwareAmd}: for machines without one, tests
 * and benchmarks. Its state is a file, or memory. It proves nothing about the machine: whoever can
 * read the file has the chip's key.
 *
 * @param fields the report without report data and signature
 * @param certificates the host's certificate table
 * @param relayed the report data of every report, whatever is asked for: they are those of another
 *     guest; null: what is asked for
 */
public record SoftwareSnp(
    Bytes fields, PrivateKey key, Bytes certificates, @Nullable Bytes relayed, String description)
    implements SnpGuest {
  /** No debugging, no migration, SMT allowed. */
  private static final long POLICY = 0x30000;

  /** SMT, ECC, alias check complete. */
  private static final long PLATFORM_INFO = 0x25;

  private static final int LARGEST = 256 * 1024;
  private static final String DESCRIPTION = "a software SEV-SNP guest";

  /** SIGNER_INFO: a VLEK signs. */
  private static final long BY_VLEK = 1 << 2;

  private static final String VLEK_GUID = "a8074bc2a25a483eaae639c045a0b8a1";

  private static final String[] GUIDS = {
    "63da758de6644564adc5f4b93be8accd",
    "4ab7b379bbac4fe4a02f05aef327c782",
    "c0b406a4a803495297433fb6014cd0ae",
    "92f81bc358114d3d97ffd19f88dc67ea"
  };

  /**
   * Launches a guest on a new chip.
   *
   * @param measurement 48 bytes: what it booted
   * @param tcb for launch, committed, current and reported
   * @param crl that the host hands out; empty: none
   */
  public static SoftwareSnp launch(
      SoftwareAmd amd, Bytes measurement, long tcb, Bytes crl, SecureRandom random) {
    KeyPair key = SoftwareAmd.newChipKey();
    SoftwareLine line = amd.line();
    Bytes hardwareId = random(random, line.hardwareIdLength());
    Bytes leaf = SoftwareAmd.der(amd.vcek(key.getPublic(), hardwareId, tcb));
    return new SoftwareSnp(
        fields(line, hardwareId, measurement, tcb, random(random, 32)).raw(),
        key.getPrivate(),
        table(leaf, SoftwareAmd.der(amd.intermediate()), SoftwareAmd.der(amd.root()), crl),
        null,
        DESCRIPTION);
  }

  /**
   * Launches a guest in a provider's fleet: on a new chip, whose reports the fleet's key signs.
   *
   * @param provider {@code CN=cc-<region>.amazonaws.com}
   */
  public static SoftwareSnp launchInFleet(
      SoftwareAmd amd, String provider, Bytes measurement, long tcb, SecureRandom random) {
    KeyPair key = SoftwareAmd.newChipKey();
    SoftwareLine line = amd.line();
    Bytes table =
        table(
            SoftwareAmd.der(amd.vlek(key.getPublic(), provider, tcb)),
            SoftwareAmd.der(amd.fleetAuthority()));
    return new SoftwareSnp(
        fields(line, random(random, line.hardwareIdLength()), measurement, tcb, random(random, 32))
            .u32(SoftwareReport.SIGNER_INFO, BY_VLEK)
            .raw(),
        key.getPrivate(),
        Bytes.concat(hex(VLEK_GUID), table.slice(VLEK_GUID.length() / 2, table.length())),
        null,
        DESCRIPTION);
  }

  /**
   * The same machine, switched off and on: its guest is another one, with a REPORT_ID of its own.
   */
  public SoftwareSnp relaunched(SecureRandom random) {
    return with(SoftwareReport.REPORT_ID, random(random, 32));
  }

  /** The same with another value of one field of its reports. */
  public SoftwareSnp with(int offset, Bytes value) {
    return new SoftwareSnp(
        new SoftwareReport().set(0, fields).set(offset, value).raw(),
        key,
        certificates,
        relayed,
        description);
  }

  /** The same that relays reports which another guest had made for {@code reportData}. */
  public SoftwareSnp relaying(Bytes reportData) {
    return new SoftwareSnp(fields, key, certificates, reportData, description);
  }

  /** A report as such guests get it, unsigned. */
  public static SoftwareReport fields(
      SoftwareLine line, Bytes hardwareId, Bytes measurement, long tcb, Bytes reportId) {
    return new SoftwareReport()
        .u32(SoftwareReport.VERSION, line.reportVersion())
        .u64(SoftwareReport.POLICY, POLICY)
        .u32(SoftwareReport.SIGNATURE_ALGORITHM, 1)
        .u64(SoftwareReport.CURRENT_TCB, tcb)
        .u64(SoftwareReport.PLATFORM_INFO, PLATFORM_INFO)
        .set(SoftwareReport.MEASUREMENT, measurement)
        .set(SoftwareReport.REPORT_ID, reportId)
        .set(SoftwareReport.REPORT_ID_MA, Bytes.of(filled(32)))
        .u64(SoftwareReport.REPORTED_TCB, tcb)
        .set(SoftwareReport.CPUID, line.cpuid())
        .set(SoftwareReport.CHIP_ID, hardwareId)
        .u64(SoftwareReport.COMMITTED_TCB, tcb)
        .u64(SoftwareReport.LAUNCH_TCB, tcb);
  }

  @Override
  public Evidence report(Bytes reportData) {
    Bytes report =
        new SoftwareReport()
            .set(0, fields)
            .set(SoftwareReport.REPORT_DATA, relayed == null ? reportData : relayed)
            .signed(key);
    return new Evidence(report, certificates);
  }

  /** The certificate table (AMD 56421) of a host; an empty part is left out. */
  public static Bytes table(Bytes... parts) {
    ByteWriter list = new ByteWriter();
    ByteWriter contents = new ByteWriter();
    int present = (int) List.of(parts).stream().filter(p -> !p.isEmpty()).count();
    int offset = 24 * (present + 1);
    for (int i = 0; i < parts.length; i++) {
      if (!parts[i].isEmpty()) {
        list.bytes(hex(GUIDS[i])).u32le(offset).u32le(parts[i].length());
        contents.bytes(parts[i]);
        offset += parts[i].length();
      }
    }
    return Bytes.concat(list.toBytes(), Bytes.zeros(24), contents.toBytes());
  }

  /** Keeps the guest in a file of mode 0600. */
  public void write(Path file) throws IOException {
    ObjectNode node = Json.newObject();
    node.put("format", 1);
    node.put("fields", fields.base64());
    node.put("key", Bytes.of(key.getEncoded()).base64());
    node.put("certificates", certificates.base64());
    if (relayed != null) {
      node.put("relayed", relayed.base64());
    }
    AtomicFile.write(file, Json.pretty(node), AtomicFile.PRIVATE);
  }

  /** The guest that {@link #write} kept. */
  public static SoftwareSnp read(Path file) throws IOException {
    try {
      ObjectNode node = Json.object("software SNP guest", AtomicFile.read(file, LARGEST));
      byte[] key = Json.base64(node, "key").toArray();
      return new SoftwareSnp(
          Json.base64(node, "fields"),
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
          Json.base64(node, "certificates"),
          node.hasNonNull("relayed") ? Json.base64(node, "relayed") : null,
          "the software SEV-SNP guest in " + file);
    } catch (MalformedException | GeneralSecurityException e) {
      throw new IOException(file + " is no software SEV-SNP guest", e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return description;
  }

  private static Bytes random(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 0xff);
    return bytes;
  }

  private static Bytes hex(String text) {
    try {
      return Bytes.ofHex("guid", text);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
