package dev.asterism.cli;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.verifyservice.VerifyServiceRole;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an admin does most, done once: help, {@code verify} of a node, and a look at the evidence.
 * The node is a software TPM behind a verify-service in this process; nothing of it stays.
 */
final class Training {
  private static final int PCR = 4;
  private static final Duration VALIDITY = Duration.ofHours(1);
  private static final Set<Digests> BANK = Set.of(Digests.SHA256);

  Training() {}

  /**
   * @throws IllegalStateException if a verb did not end as it should: then it was not trained
   */
  void run() throws Exception {
    Path folder = Files.createTempDirectory("asterism-train-");
    try {
      var boot = new EventLogWriter(BANK).event(PCR, EventType.IPL, Bytes.ofUtf8("kernel"));
      Path config = folder.resolve("config.json");
      Instant now = Instant.now();
      var vendor = CertificateAuthority.create("Vendor", now, now.plus(VALIDITY));
      AtomicFile.write(config, Json.pretty(config(boot, vendor)), AtomicFile.PRIVATE);
      try (var node = new VerifyServiceRole(addresses(), issuer(boot, vendor), PeerLimits.QUOTES)) {
        verbs("127.0.0.1:" + node.grpcPort(), config.toString(), folder.resolve("saved"));
      }
    } finally {
      delete(folder);
    }
  }

  private static void verbs(String node, String config, Path saved) {
    accepted("--help");
    accepted("verify", "--help");
    accepted("verify", "--node-endpoint", node, "--config", config, "--save", saved.toString());
    accepted("verify", "--node-endpoint", node, "--config", config, "-o", "json");
    accepted("evidence", "verify", saved.toString());
    accepted("evidence", "show", saved.toString());
  }

  private static void accepted(String... arguments) {
    int exit =
        AsterismCommand.commandLineFor(arguments)
            .setOut(new PrintWriter(Writer.nullWriter()))
            .execute(arguments);
    if (exit != ExitCode.SUCCESS) {
      throw new IllegalStateException(String.join(" ", arguments) + " ends with " + exit);
    }
  }

  private static Issuer issuer(EventLogWriter boot, CertificateAuthority vendor) throws Exception {
    Tpm tpm = SoftwareTpm.inMemory(new SecureRandom(), BANK);
    try (TpmClient client = TpmClient.open(tpm)) {
      client.pcrExtend(PCR, boot.log().events().getFirst().digests());
    }
    Bytes log = boot.toBytes();
    return QemuVtpm.issuer(tpm, () -> Optional.of(log), List.of(certified(tpm, vendor)));
  }

  private static Bytes certified(Tpm tpm, CertificateAuthority vendor) throws Exception {
    var key = AttestationKey.of(tpm).publicKey();
    Instant now = Instant.now();
    var request =
        new CertificateAuthority.Request(
            key, "CN=node", now, now.plus(VALIDITY), Usage.ATTESTATION_KEY, List.of(), List.of());
    return Bytes.of(vendor.issue(request).getEncoded());
  }

  private static ObjectNode config(EventLogWriter boot, CertificateAuthority vendor) {
    ObjectNode config = Json.newObject().put("variant", "qemu-vtpm");
    ObjectNode trust = config.putObject("akTrust").put("mode", "certificate");
    trust.putArray("roots").add(vendor.certificatePem());
    ObjectNode measurements = config.putObject("measurements");
    boot.log()
        .replay(Digests.SHA256)
        .forEach((pcr, value) ->
            measurements
                .putObject(Integer.toString(pcr))
                .put("expected", value.hex())
                .put("warnOnly", false));
    return config;
  }

  private static VerifyServiceRole.Addresses addresses() {
    return new VerifyServiceRole.Addresses(ephemeral(), ephemeral(), ephemeral());
  }

  private static InetSocketAddress ephemeral() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
