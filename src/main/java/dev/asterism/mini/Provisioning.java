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
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the machines and what their admin knows of them: vTPMs with a measured boot, attestation
 * keys that this cluster certifies, reference values, metadata and the init secret.
 */
final class Provisioning {
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final int BCRYPT_COST = 10;
  private static final int PCR_COUNT = 24;
  private static final int MAX_PEM = 64 * 1024;
  private static final int MAX_METADATA = 1024 * 1024;

  /** Registers that userland extends, or that nothing measures: not compared. */
  private static final int FIRST_UNUSED = 16;

  private final MiniDir dir;
  private final Processes processes;
  private final SecureRandom random;
  private final Instant now;
  private final MeasuredBoot image;
  private final CertificateAuthority akAuthority;

  /**
   * @param image what every machine boots that is not tampered with, and what reference values
   *     describe
   * @param akAuthority certifies the attestation keys of the machines' vTPMs
   */
  Provisioning(
      MiniDir dir,
      Processes processes,
      SecureRandom random,
      Instant now,
      MeasuredBoot image,
      CertificateAuthority akAuthority) {
    this.dir = dir;
    this.processes = processes;
    this.random = random;
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

  /** The admin's side: attestation config, init secret, the root of the attestation keys. */
  void admin() throws IOException {
    AtomicFile.write(
        dir.akAuthority().resolve("ca.crt"), akAuthority.certificatePem(), AtomicFile.PUBLIC);
    try (Secret key = akAuthority.privateKeyPem()) {
      writeSecret(dir.akAuthority().resolve("ca.key"), key);
    }
    byte[] secret = new byte[16];
    random.nextBytes(secret);
    AtomicFile.write(dir.initSecret(), HexFormat.of().formatHex(secret), AtomicFile.PRIVATE);
    AtomicFile.write(dir.attestationConfig(), Json.pretty(attestationConfig()), AtomicFile.PUBLIC);
  }

  /** Builds one machine and switches it on; returns its plan with the attestation key's name. */
  NodePlan machine(NodePlan node, TpmKind kind) throws IOException {
    NodeDir place = dir.node(node.name());
    Files.createDirectories(place.root());
    if (kind == TpmKind.SOFTWARE) {
      SoftwareTpm.create(place.softwareTpm(), random);
    }
    Tpm tpm = boot(node, kind);
    AtomicFile.write(place.joinServices(), Json.pretty(attestationConfig()), AtomicFile.PUBLIC);
    try {
      AttestationKey key = AttestationKey.of(tpm);
      AtomicFile.write(place.akCertificate(), certify(node, key), AtomicFile.PUBLIC);
      return node.with(key.name().hex());
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Switches a machine on that is off: registers and log begin anew, keys stay. */
  Tpm boot(NodePlan node, TpmKind kind) throws IOException {
    NodeDir place = dir.node(node.name());
    Tpm tpm =
        switch (kind) {
          case SOFTWARE -> {
            var software = new SoftwareTpm(place.softwareTpm());
            software.powerCycle();
            yield software;
          }
          case SWTPM -> new Swtpm(processes).start(node, place.swtpm());
        };
    MeasuredBoot boot = node.tampered() ? MeasuredBoot.tampered() : image;
    AtomicFile.write(place.eventLog(), boot.run(tpm), AtomicFile.PUBLIC);
    return tpm;
  }

  /**
   * What the machine's host tells it about itself and the cluster.
   *
   * @param name what it calls the machine
   */
  void metadata(NodePlan node, String name, String apiServer, List<String> joinEndpoints)
      throws IOException {
    ObjectNode json = Json.newObject();
    json.put("name", name);
    json.put("providerId", "mini:///" + node.name());
    json.put("role", node.role().id());
    json.put("ip", "127.0.0.1");
    json.put("apiServerEndpoint", apiServer);
    if (node.role() == dev.asterism.node.Role.CONTROL_PLANE) {
      json.put("initSecretHash", initSecretHash());
    }
    write(node, json, joinEndpoints);
  }

  /** The host tells where join-services are now. */
  void joinEndpoints(NodePlan node, List<String> joinEndpoints) throws IOException {
    try {
      Bytes content = AtomicFile.read(dir.node(node.name()).metadata(), MAX_METADATA);
      write(node, Json.object("metadata", content), joinEndpoints);
    } catch (MalformedException e) {
      throw new IOException(dir.node(node.name()).metadata() + ": " + e.getMessage(), e);
    }
  }

  private void write(NodePlan node, ObjectNode metadata, List<String> joinEndpoints)
      throws IOException {
    var endpoints = metadata.putArray("joinEndpoints");
    joinEndpoints.forEach(endpoints::add);
    AtomicFile.write(dir.node(node.name()).metadata(), Json.pretty(metadata), AtomicFile.PUBLIC);
  }

  static String tpmUri(MiniDir dir, NodePlan node, TpmKind kind) {
    return switch (kind) {
      case SOFTWARE -> "software:" + dir.node(node.name()).softwareTpm();
      case SWTPM -> Swtpm.uri(node);
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

  /**
   * What a node that booted the image, and has not joined, holds. Where another image than the
   * reference is good, honest nodes are welcome too: only what both hold counts.
   */
  private Measurements referenceValues() {
    Digests bank = Variant.QEMU_VTPM.measurementHash();
    SortedMap<Integer, Bytes> replayed = image.log(bank).replay(bank);
    var values = new TreeMap<Integer, Measurements.Measurement>();
    SortedMap<Integer, Bytes> reference = MeasuredBoot.reference().log(bank).replay(bank);
    for (int pcr = 0; pcr < Math.min(PCR_COUNT, FIRST_UNUSED); pcr++) {
      Bytes value = replayed.getOrDefault(pcr, Bytes.zeros(bank.length()));
      if (value.equals(reference.getOrDefault(pcr, value))) {
        values.put(pcr, new Measurements.Measurement(value, false));
      }
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
