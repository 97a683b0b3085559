package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.PcrRegister;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.config.Reloading;
import dev.asterism.crypto.Secret;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Nodes with TPMs, whose keys the mounted configuration pins, before a join-service. */
@Timeout(120)
class JoinServiceWithTpmTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir private Path folder;

  private final SoftwareTpm tpm = SoftwareTpm.inMemory(RANDOM);
  private final LinkedBlockingQueue<Long> reloads = new LinkedBlockingQueue<>();
  private Reloading<JoinConfig> config;
  private AuditLog audit;
  private JoinServiceRole role;

  @BeforeEach
  void start() throws Exception {
    Files.write(folder.resolve(JoinConfig.MEASUREMENT_SALT), new byte[32]);
    pin(Bytes.zeros(32), tpm);
    config =
        JoinConfig.watch(
            folder,
            new QemuVtpm(),
            new Reloading.Listener() {
              @Override
              public void reloaded(long generation) {
                reloads.add(generation);
              }

              @Override
              public void rejected(String reason, long generation) {}
            },
            Duration.ofMillis(20));
    Path node = Files.createDirectory(folder.resolve("cp-0"));
    new StandaloneKubeadm(node, null, CLOCK)
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
    audit = new AuditLog(folder.resolve("audit.log"), CLOCK);
    role =
        JoinServiceRole.start(
            config,
            new StandaloneCluster(node, null, CLOCK, RANDOM),
            new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32)),
            audit,
            new Metrics(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            CLOCK);
  }

  @AfterEach
  void stop() throws Exception {
    role.close();
    config.close();
    audit.close();
  }

  /** Writes a configuration that wants this PCR 4 and the key of this TPM. */
  private void pin(Bytes pcr4, SoftwareTpm machine) throws Exception {
    ObjectNode json = Json.newObject();
    json.putObject("measurements").putObject("4").put("expected", pcr4.hex());
    json.putObject("akTrust")
        .put("mode", "pinned")
        .putArray("keys")
        .add(AttestationKey.of(machine).name().hex());
    AtomicFile.write(
        folder.resolve(JoinConfig.ATTESTATION_CONFIG), Json.line(json), AtomicFile.PUBLIC);
  }

  private JoinServiceNode node(SoftwareTpm machine) {
    Issuer issuer = QemuVtpm.issuer(machine, Optional::empty, List.of());
    return new JoinServiceNode(role.port(), "worker-1", issuer);
  }

  private String refusal(SoftwareTpm machine) throws Exception {
    try (JoinServiceNode node = node(machine)) {
      var error = assertThrows(StatusRuntimeException.class, () -> node.join(node.request(false)));
      assertEquals(Status.Code.UNAVAILABLE, error.getStatus().getCode());
    }
    ObjectNode last =
        Json.object("record", Files.readAllLines(folder.resolve("audit.log")).getLast());
    ObjectNode appraisal = Json.child(Json.child(last, "content"), "appraisal");
    assertEquals("refused", Json.string(appraisal, "verdict"));
    return Json.line(appraisal);
  }

  @Test
  void admitsTheMachineWhoseKeyIsPinnedAndRecordsWhichItWas() throws Exception {
    try (JoinServiceNode node = node(tpm)) {
      assertEquals(32, node.join(node.request(false)).getStateDiskKey().size());
    }
    String name = AttestationKey.of(tpm).name().hex();
    String last = Files.readAllLines(folder.resolve("audit.log")).getLast();
    assertTrue(last.contains("\"akName\":\"" + name + "\""), last);
  }

  @Test
  void refusesAnotherMachineInTheSameState() throws Exception {
    String why = refusal(SoftwareTpm.inMemory(RANDOM));
    assertTrue(why.contains("\"failed\""), why);
  }

  @Test
  void refusesTheMachineInAnotherState() throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.pcrEvent(4, Bytes.ofUtf8("a back door"));
    }
    String why = refusal(tpm);
    assertTrue(why.contains("PCR 4"), why);
  }

  @Test
  void refusesTheMachineOnceItHasJoined() throws Exception {
    new PcrRegister(tpm, 15).extend(Bytes.ofUtf8("a cluster"));
    String why = refusal(tpm);
    assertTrue(why.contains("PCR 15"), why);
  }

  @Test
  void aChangedFileEndsApprovalsAndBeginsToCount() throws Exception {
    try (JoinServiceNode node = node(tpm)) {
      assertThrows(StatusRuntimeException.class, () -> node.rejoin("connects"));
      pin(Bytes.ofUtf8("a PCR 4 of thirty-two characters"), tpm);
      assertEquals(2L, reloads.poll(60, TimeUnit.SECONDS));
      var error = assertThrows(StatusRuntimeException.class, () -> node.rejoin(node.disk));
      assertEquals(Status.Code.ABORTED, error.getStatus().getCode());
    }
    assertTrue(refusal(tpm).contains("PCR 4"));
  }
}
