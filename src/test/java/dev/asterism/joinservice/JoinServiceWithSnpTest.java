package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Versioned;
import dev.asterism.attestation.metal.SevSnp;
import dev.asterism.attestation.snp.ClusterFile;
import dev.asterism.attestation.snp.SnpIssuer;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** SEV-SNP guests before a join-service. */
@Timeout(120)
class JoinServiceWithSnpTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path folder;

  private final InstantSource clock = InstantSource.system();
  private final SevSnp platform = new SevSnp(EndorsementSource.NONE);
  private final AtomicReference<Versioned<JoinConfig>> config = new AtomicReference<>();
  private AuditLog audit;
  private JoinServiceRole role;

  @BeforeEach
  void start() throws Exception {
    config.set(new Versioned<>(config(0), 1));
    Path node = Files.createDirectory(folder.resolve("cp-0"));
    new StandaloneKubeadm(node, null, clock)
        .init(
            new InitPlan(
                "mini",
                "v1.30.1",
                "cp-0",
                "10.0.0.1",
                "10.0.0.1:6443",
                List.of(),
                "10.96.0.0/12",
                false,
                List.of()));
    audit = new AuditLog(folder.resolve("audit.log"), clock);
    role =
        JoinServiceRole.start(
            config::get,
            new StandaloneCluster(node, null, clock, RANDOM),
            new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32)),
            audit,
            new Metrics(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            clock);
  }

  @AfterEach
  void stop() throws Exception {
    role.close();
    audit.close();
  }

  /** Wants of each line what it has, and {@code more} of the microcode. */
  private JoinConfig config(int more) throws Exception {
    ObjectNode json = Json.newObject();
    json.putObject("measurements").putObject("0").put("expected", ForgedSnp.MEASUREMENT.hex());
    ObjectNode snp = json.putObject("snp");
    ArrayNode roots = snp.putArray("roots");
    ObjectNode minima = snp.putObject("minimumTcb");
    for (SoftwareLine line : SoftwareLine.values()) {
      roots.add(Pem.encode(ForgedSnp.maker(line).root()));
      int has = line.versions(line.tcb()).get("microcode");
      minima.putObject(line.id()).put("microcode", has + more);
    }
    return JoinConfig.parse(platform, Bytes.ofUtf8(Json.line(json)), Bytes.zeros(32));
  }

  private JoinServiceNode node(SoftwareLine line, String name) {
    var maker = ForgedSnp.maker(line);
    Bytes crl =
        maker.crl(
            clock.instant().minus(Duration.ofHours(1)),
            clock.instant().plus(Duration.ofDays(9)),
            List.of());
    var guest = SoftwareSnp.launch(maker, ForgedSnp.MEASUREMENT, line.tcb(), crl, RANDOM);
    var issuer =
        new SnpIssuer(guest, new ClusterFile(folder.resolve(name + "-cluster")), Bytes.zeros(16));
    return new JoinServiceNode(role.port(), name, issuer);
  }

  @Test
  void guestsOfAllLinesJoinUntilTheMinimumIsRaised() throws Exception {
    for (SoftwareLine line : SoftwareLine.values()) {
      try (JoinServiceNode node = node(line, "worker-" + line.id().toLowerCase(Locale.ROOT))) {
        assertNotNull(node.join(node.request(false)));
      }
    }

    config.set(new Versioned<>(config(1), 2));
    try (JoinServiceNode node = node(SoftwareLine.GENOA, "worker-next")) {
      assertThrows(StatusRuntimeException.class, () -> node.join(node.request(false)));
    }
    String last = Files.readAllLines(folder.resolve("audit.log")).getLast();
    ObjectNode appraisal =
        Json.child(Json.child(Json.object("record", last), "content"), "appraisal");
    assertEquals("refused", Json.string(appraisal, "verdict"));
    assertTrue(last.contains("launch TCB, microcode"), last);
  }

  @Test
  void aGuestThatSaysItIsOfAClusterGetsNothing() throws Exception {
    new ClusterFile(folder.resolve("worker-again-cluster")).extend(ForgedSnp.filled(32, 9));

    try (JoinServiceNode node = node(SoftwareLine.GENOA, "worker-again")) {
      assertThrows(StatusRuntimeException.class, () -> node.join(node.request(false)));
      assertRefusedBy("claims.cluster");
    }
    try (JoinServiceNode node = node(SoftwareLine.GENOA, "worker-again")) {
      assertThrows(StatusRuntimeException.class, () -> node.rejoin(node.disk));
      assertRefusedBy("claims.cluster");
    }
  }

  private void assertRefusedBy(String check) throws Exception {
    String last = Files.readAllLines(folder.resolve("audit.log")).getLast();
    ObjectNode appraisal =
        Json.child(Json.child(Json.object("record", last), "content"), "appraisal");
    List<String> failed = new ArrayList<>();
    for (JsonNode one : appraisal.get("checks")) {
      if (one.get("outcome").asString().equals("failed")) {
        failed.add(one.get("check").asString());
      }
    }
    assertEquals(List.of(check), failed);
  }
}
