package dev.asterism.mini;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Secret;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Machines with a vTPM, whose attestation keys this cluster certifies. */
final class TpmMachines implements Machines {
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final int MAX_PEM = 64 * 1024;

  private final MiniDir dir;
  private final TpmKind kind;
  private final Vtpms vtpms;
  private final Instant now;
  private final MeasuredBoot image;
  private final CertificateAuthority akAuthority;

  /**
   * @param image what every machine boots that is not tampered with, and what reference values
   *     describe
   * @param akAuthority certifies the attestation keys
   */
  TpmMachines(
      MiniDir dir,
      TpmKind kind,
      Processes processes,
      SecureRandom random,
      Instant now,
      MeasuredBoot image,
      CertificateAuthority akAuthority) {
    this.dir = dir;
    this.kind = kind;
    this.vtpms = new Vtpms(dir, kind, processes, random);
    this.now = now;
    this.image = image;
    this.akAuthority = akAuthority;
  }

  /** A maker of vTPMs. */
  static CertificateAuthority newAkAuthority(Instant now) {
    return CertificateAuthority.create(
        "Asterism mini attestation keys", now.minus(Duration.ofHours(1)), now.plus(VALIDITY));
  }

  /** The one that {@link #admin} wrote. */
  static CertificateAuthority akAuthority(MiniDir dir) throws IOException {
    try (Secret key =
        Secret.copyOf(AtomicFile.read(dir.akAuthority().resolve("ca.key"), MAX_PEM))) {
      Bytes certificate = AtomicFile.read(dir.akAuthority().resolve("ca.crt"), MAX_PEM);
      return CertificateAuthority.load(
          new String(certificate.toArray(), StandardCharsets.US_ASCII), key);
    } catch (MalformedException e) {
      throw new IOException(dir.akAuthority() + ": " + e.getMessage(), e);
    }
  }

  /** The root of the attestation keys. */
  @Override
  public void admin() throws IOException {
    AtomicFile.write(
        dir.akAuthority().resolve("ca.crt"), akAuthority.certificatePem(), AtomicFile.PUBLIC);
    try (Secret key = akAuthority.privateKeyPem()) {
      Provisioning.writeSecret(dir.akAuthority().resolve("ca.key"), key);
    }
  }

  @Override
  public String build(NodePlan node, NodeDir place) throws IOException {
    vtpms.create(node);
    Tpm tpm = switchOn(node);
    try {
      AttestationKey key = AttestationKey.of(tpm);
      AtomicFile.write(place.akCertificate(), certify(node, key), AtomicFile.PUBLIC);
      return key.name().hex();
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void boot(NodePlan node, NodeDir place) throws IOException {
    var _ = switchOn(node);
  }

  private Tpm switchOn(NodePlan node) throws IOException {
    return vtpms.switchOn(node, node.tampered() ? MeasuredBoot.tampered() : image);
  }

  @Override
  public String describe(NodePlan node) {
    return "vTPM ("
        + kind.name().toLowerCase(Locale.ROOT)
        + "), measured boot"
        + (node.tampered() ? " of a tampered image" : "")
        + ", attestation key "
        + node.akName().substring(0, 12)
        + "…";
  }

  @Override
  public void outdate() throws IOException {
    throw new IOException("a vTPM has no maker who publishes how good it still is");
  }

  @Override
  public ObjectNode attestationConfig() {
    ObjectNode config = Json.newObject();
    config.put("variant", Variant.QEMU_VTPM.id());
    config.set("measurements", Vtpms.referenceValues(image, MeasuredBoot.reference()).toJson());
    ObjectNode trust = config.putObject("akTrust");
    trust.put("mode", "certificate");
    trust.putArray("keys");
    trust.putArray("roots").add(akAuthority.certificatePem());
    return config;
  }

  private Bytes certify(NodePlan node, AttestationKey key) {
    X509Certificate certificate =
        akAuthority.issue(
            new CertificateAuthority.Request(
                key.publicKey(),
                "CN=" + node.name() + ",O=Asterism mini",
                now.minus(Duration.ofHours(1)),
                now.plus(VALIDITY),
                CertificateAuthority.Usage.ATTESTATION_KEY,
                List.of(),
                List.of()));
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
