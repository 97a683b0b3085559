package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Versioned;
import dev.asterism.audit.AuditLog;
import dev.asterism.bootstrap.FaultPoints.Step;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.Secret;
import dev.asterism.joinservice.JoinServiceRole;
import dev.asterism.keys.ClusterId;
import dev.asterism.keys.KeyIds;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.metrics.Metrics;
import dev.asterism.node.BootstrapStatus.State;
import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything real that has no hardware: TPMs in software, quotes, attested connections, the
 * join-service, the PKI of the cluster.
 */
@Timeout(180)
class WholeClusterTest {
  @TempDir Path directory;
  private final TestAdmin admin = new TestAdmin();
  private final List<Machine> machines = new ArrayList<>();
  private Machine.Factory factory;
  private AuditLog audit;
  private JoinServiceRole joinService;
  private Bytes clusterId;

  @BeforeEach
  void prepare() throws Exception {
    factory = new Machine.Factory(directory);
    audit = new AuditLog(directory.resolve("audit.jsonl"), InstantSource.system());
    try (Secret secret = admin.keys.dataKey(KeyIds.MEASUREMENT_SECRET, 32)) {
      clusterId = ClusterId.derive(secret, TestAdmin.SALT);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Machine machine : machines) {
      machine.stop();
    }
    if (joinService != null) {
      joinService.close();
    }
    audit.close();
  }

  private Machine machine(String name, Role role) throws Exception {
    Machine machine = factory.build(name, role);
    machines.add(machine);
    return machine;
  }

  /** The first control plane, initialised by the admin, with its join-service. */
  private Machine found() throws Exception {
    Machine first = machine("cp-0", Role.CONTROL_PLANE);
    first.start(FaultPoints.NONE);
    var result = admin.init(first.initPort(), admin.request(), factory.policy().unspent());
    assertTrue(result.status().isOk(), () -> result.status() + " " + result.failure());
    assertEquals(clusterId, Texts.bytes(result.successes().getFirst().getClusterId()));
    assertEquals(Bootstrap.Outcome.INITIALIZED, first.await());
    joinService =
        JoinServiceRole.start(
            () -> new Versioned<>(new JoinConfig(factory.policy(), TestAdmin.SALT), 1),
            new StandaloneCluster(
                first.paths().root(),
                directory.resolve("objects"),
                InstantSource.system(),
                new SecureRandom()),
            admin.keys,
            audit,
            new Metrics(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            first.issuer(),
            InstantSource.system());
    return first;
  }

  private Machine joining(String name, Role role) throws Exception {
    Machine machine = machine(name, role);
    machine.joinThrough("127.0.0.1:" + joinService.port());
    return machine;
  }

  private void assertMember(Machine machine) throws Exception {
    assertEquals(
        machine.register().expectedAfter(clusterId), machine.register().read(), "register");
    assertTrue(machine.disk().initialized());
    try (Secret key = admin.keys.dataKey(KeyIds.stateDisk(machine.disk().uuid()), 32)) {
      assertTrue(machine.disk().opens(key));
    }
    assertEquals(State.JOINED, machine.status().state());
    assertTrue(Files.exists(machine.paths().kubeletCertificate()));
    assertEquals("rw-------", TestNode.mode(machine.paths().kubeletKey()));
    assertTrue(accepts(factory.policy().memberOf(clusterId), machine), "verifies as a member");
    assertFalse(accepts(factory.policy().unspent(), machine), "is not unspent any more");
  }

  private boolean accepts(Policy policy, Machine machine) throws Exception {
    Bytes nonce = Bytes.zeros(32);
    Bytes userData = Bytes.ofUtf8("VerifyService");
    Bytes document = machine.issuer().issue(userData, nonce);
    return policy
        .verifier()
        .verify(document, new Challenge(nonce, userData, Instant.now()))
        .accepted();
  }

  @Test
  void oneIsInitializedOthersJoinAndAllAreOneCluster() throws Exception {
    Machine first = found();
    Machine worker = joining("worker-0", Role.WORKER);
    Machine second = joining("cp-1", Role.CONTROL_PLANE);

    assertEquals(Bootstrap.Outcome.JOINED, worker.run());
    assertEquals(Bootstrap.Outcome.JOINED, second.run());

    assertMember(first);
    assertMember(worker);
    assertMember(second);
    assertEquals(
        Files.readString(first.paths().sshCaPublicKey()),
        Files.readString(worker.paths().sshCaPublicKey()));
    assertEquals(
        Files.readString(first.paths().kubernetesDirectory().resolve("pki/ca.crt")),
        Files.readString(second.paths().kubernetesDirectory().resolve("pki/ca.crt")));
  }

  @Test
  void aTamperedMachineIsRefusedAndHoldsNothing() throws Exception {
    found();
    Machine tampered = joining("worker-0", Role.WORKER);
    tampered.measure(4, "a back door");
    tampered.start(FaultPoints.NONE);

    String reason = tampered.awaitStatus(s -> s.state() == State.REFUSED).reason();

    assertTrue(reason.contains("handshake rejected"), reason);
    assertTrue(tampered.register().read().isAllZero());
    assertFalse(Files.exists(tampered.paths().kubeletKey()));
    assertTrue(Files.readString(directory.resolve("audit.jsonl")).contains("PCR 4"));
  }

  @Test
  void anAdminDoesNotInitializeATamperedMachine() throws Exception {
    Machine tampered = machine("cp-0", Role.CONTROL_PLANE);
    tampered.measure(4, "a back door");
    tampered.start(FaultPoints.NONE);
    tampered.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));

    var result = admin.tryOnce(tampered.initPort(), admin.request(), factory.policy().unspent());

    assertFalse(result.status().isOk());
    assertTrue(result.responses().isEmpty());
    assertTrue(tampered.register().read().isAllZero());
  }

  @Test
  void aMemberThatStartsAgainStaysOne() throws Exception {
    Machine first = found();

    assertEquals(Bootstrap.Outcome.MEMBER_ALREADY, first.run());

    assertMember(first);
  }

  @ParameterizedTest
  @EnumSource(names = {"PROGRESS_WRITTEN", "LOCKED", "DISK_REKEYED", "KUBEADM_DONE", "DISK_MARKED"})
  void aWorkerKilledOnTheWayBecomesAMember(Step step) throws Exception {
    found();
    Machine worker = joining("worker-0", Role.WORKER);
    worker.start(reached -> {
      if (reached == step) {
        throw new TestNode.Killed();
      }
    });
    var death = assertThrows(ExecutionException.class, worker::await);
    assertTrue(death.getCause() instanceof TestNode.Killed);
    String disk = worker.disk().uuid();

    Bootstrap.Outcome outcome = worker.run();
    if (outcome == Bootstrap.Outcome.REBOOTING) {
      worker.reboot();
      assertNotEquals(disk, worker.disk().uuid());
      assertEquals(Bootstrap.Outcome.JOINED, worker.run());
    }

    assertMember(worker);
  }

  @ParameterizedTest
  @EnumSource(names = {"PROGRESS_WRITTEN", "LOCKED", "SSH_WRITTEN", "KUBEADM_DONE"})
  void aControlPlaneKilledOnTheWayCanBeInitialized(Step step) throws Exception {
    Machine first = machine("cp-0", Role.CONTROL_PLANE);
    first.start(reached -> {
      if (reached == step) {
        throw new TestNode.Killed();
      }
    });
    admin.init(first.initPort(), admin.request(), factory.policy().unspent());
    assertThrows(ExecutionException.class, first::await);

    first.start(FaultPoints.NONE);
    if (step.compareTo(Step.LOCKED) >= 0) {
      assertEquals(Bootstrap.Outcome.REBOOTING, first.await());
      first.reboot();
      first.start(FaultPoints.NONE);
    }
    var result = admin.init(first.initPort(), admin.request(), factory.policy().unspent());

    assertTrue(result.status().isOk(), () -> result.status() + " " + result.failure());
    assertEquals(Bootstrap.Outcome.INITIALIZED, first.await());
    assertMember(first);
  }
}
