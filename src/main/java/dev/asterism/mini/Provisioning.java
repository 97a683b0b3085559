package dev.asterism.mini;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Secret;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the machines and what their admin knows of them: vTPMs with a measured boot, attestation
 * keys that this cluster certifies, reference values, metadata and the init secret.
 */
final class Provisioning {
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final int BCRYPT_COST = 10;
  private static final int PCR_COUNT = 24;

  /** Registers that userland extends, or that nothing measures: not compared. */
  private static final int FIRST_UNUSED = 16;

  private final MiniDir dir;
  private final Processes processes;
  private final SecureRandom random;
  private final Instant now;
  private final CertificateAuthority akAuthority;

  /** Made where it is needed: its keys take a second. */
  private @Nullable SnpMachines snp;

  Provisioning(MiniDir dir, Processes processes, SecureRandom random, InstantSource clock) {
    this.dir = dir;
    this.processes = processes;
    this.random = random;
    this.now = clock.instant();
    this.akAuthority =
        CertificateAuthority.create(
            "Asterism mini attestation keys", now.minus(Duration.ofHours(1)), now.plus(VALIDITY));
  }

  /** The admin's side: attestation config, init secret, the root of the attestation keys. */
  void admin(TpmKind kind) throws IOException {
    AtomicFile.write(
        dir.akAuthority().resolve("ca.crt"), akAuthority.certificatePem(), AtomicFile.PUBLIC);
    try (Secret key = akAuthority.privateKeyPem()) {
      writeSecret(dir.akAuthority().resolve("ca.key"), key);
    }
    byte[] secret = new byte[16];
    random.nextBytes(secret);
    AtomicFile.write(dir.initSecret(), HexFormat.of().formatHex(secret), AtomicFile.PRIVATE);
    AtomicFile.write(
        dir.attestationConfig(),
        Json.pretty(kind == TpmKind.SEV_SNP ? snp().config() : attestationConfig()),
        AtomicFile.PUBLIC);
  }

  private SnpMachines snp() {
    SnpMachines machines = snp;
    if (machines == null) {
      machines = new SnpMachines(now, random);
      snp = machines;
    }
    return machines;
  }

  /** Builds one machine and switches it on; returns its plan with the attestation key's name. */
  NodePlan machine(NodePlan node, TpmKind kind) throws IOException {
    NodeDir place = dir.node(node.name());
    Files.createDirectories(place.root());
    if (kind == TpmKind.SEV_SNP) {
      AtomicFile.write(place.joinServices(), Json.pretty(snp().config()), AtomicFile.PUBLIC);
      return snp().machine(node, place.softwareSnp());
    }
    Tpm tpm =
        switch (kind) {
          case SOFTWARE -> SoftwareTpm.create(place.softwareTpm(), random);
          case SWTPM -> new Swtpm(processes).start(node, place.swtpm());
          case SEV_SNP -> throw new IllegalStateException("such machines have no TPM");
        };
    MeasuredBoot boot = node.tampered() ? MeasuredBoot.tampered() : MeasuredBoot.reference();
    AtomicFile.write(place.eventLog(), boot.run(tpm), AtomicFile.PUBLIC);
    AtomicFile.write(place.joinServices(), Json.pretty(attestationConfig()), AtomicFile.PUBLIC);
    try {
      AttestationKey key = AttestationKey.of(tpm);
      AtomicFile.write(place.akCertificate(), certify(node, key), AtomicFile.PUBLIC);
      return new NodePlan(
          node.name(), node.role(), node.tampered(), node.firstPort(), key.name().hex());
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What the machine's host tells it about itself and the cluster. */
  void metadata(NodePlan node, String apiServer, List<String> joinEndpoints) throws IOException {
    ObjectNode json = Json.newObject();
    json.put("name", node.name());
    json.put("providerId", "mini:///" + node.name());
    json.put("role", node.role().id());
    json.put("ip", "127.0.0.1");
    json.put("apiServerEndpoint", apiServer);
    var endpoints = json.putArray("joinEndpoints");
    joinEndpoints.forEach(endpoints::add);
    if (node.role() == dev.asterism.node.Role.CONTROL_PLANE) {
      json.put("initSecretHash", initSecretHash());
    }
    AtomicFile.write(dir.node(node.name()).metadata(), Json.pretty(json), AtomicFile.PUBLIC);
  }

  static String tpmUri(MiniDir dir, NodePlan node, TpmKind kind) {
    return switch (kind) {
      case SOFTWARE -> "software:" + dir.node(node.name()).softwareTpm();
      case SWTPM -> Swtpm.uri(node);
      case SEV_SNP -> throw new IllegalStateException("such machines have no TPM");
    };
  }

  private String initSecretHash() throws IOException {
    Bytes text = AtomicFile.read(dir.initSecret(), 1024);
    try (Secret secret = Secret.copyOf(text)) {
      return Bcrypt.hash(secret, BCRYPT_COST, random);
    }
  }

  private ObjectNode attestationConfig() {
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

  static void writeSecret(java.nio.file.Path file, Secret secret) throws IOException {
    byte[] content = secret.expose();
    try {
      AtomicFile.write(file, content, AtomicFile.PRIVATE);
    } finally {
      java.util.Arrays.fill(content, (byte) 0);
    }
  }

  static String apiServer(MiniPlan plan) {
    return plan.first().address(Ports.API_SERVER);
  }
}
