package dev.asterism.mini;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Secret;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Machines with a vTPM, whose attestation keys this cluster certifies. */
final class TpmMachines implements Machines {
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final int PCR_COUNT = 24;

  /** Registers that userland extends, or that nothing measures: not compared. */
  private static final int FIRST_UNUSED = 16;

  private final MiniDir dir;
  private final TpmKind kind;
  private final Processes processes;
  private final SecureRandom random;
  private final Instant now;
  private final CertificateAuthority akAuthority;

  TpmMachines(MiniDir dir, TpmKind kind, Processes processes, SecureRandom random, Instant now) {
    this.dir = dir;
    this.kind = kind;
    this.processes = processes;
    this.random = random;
    this.now = now;
    this.akAuthority =
        CertificateAuthority.create(
            "Asterism mini attestation keys", now.minus(Duration.ofHours(1)), now.plus(VALIDITY));
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
    Tpm tpm =
        switch (kind) {
          case SOFTWARE -> SoftwareTpm.create(place.softwareTpm(), random);
          case SWTPM -> new Swtpm(processes).start(node, place.swtpm());
        };
    MeasuredBoot boot = node.tampered() ? MeasuredBoot.tampered() : MeasuredBoot.reference();
    AtomicFile.write(place.eventLog(), boot.run(tpm), AtomicFile.PUBLIC);
    try {
      AttestationKey key = AttestationKey.of(tpm);
      AtomicFile.write(place.akCertificate(), certify(node, key), AtomicFile.PUBLIC);
      return key.name().hex();
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
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
    config.set("measurements", referenceValues().toJson());
    ObjectNode trust = config.putObject("akTrust");
    trust.put("mode", "certificate");
    trust.putArray("keys");
    trust.putArray("roots").add(akAuthority.certificatePem());
    return config;
  }

  /** What a node that booted the reference image, and has not joined, holds. */
  private static Measurements referenceValues() {
    Digests bank = Variant.QEMU_VTPM.measurementHash();
    SortedMap<Integer, Bytes> replayed = MeasuredBoot.reference().log(bank).replay(bank);
    var values = new TreeMap<Integer, Measurements.Measurement>();
    for (int pcr = 0; pcr < Math.min(PCR_COUNT, FIRST_UNUSED); pcr++) {
      Bytes value = replayed.getOrDefault(pcr, Bytes.zeros(bank.length()));
      values.put(pcr, new Measurements.Measurement(value, false));
    }
    return new Measurements(values);
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
