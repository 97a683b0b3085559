package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.Variant;
import dev.asterism.bootstrap.FaultPoints.Step;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.ClusterId;
import dev.asterism.keys.KeyIds;
import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.node.BootstrapStatus.State;
import dev.asterism.node.Role;
import dev.asterism.rpc.CallException;
import dev.asterism.testing.CapturedLog;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.FakeJoinService;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class JoinTest {
  @TempDir Path root;
  private FakeJoinService service;
  private TestNode node;
  private Bytes clusterId;

  @BeforeEach
  void start() throws Exception {
    service = new FakeJoinService();
    node = new TestNode(root, Role.WORKER);
    node.metadata.joinThrough(service.endpoint());
    try (Secret secret = FakeJoinService.KEYS.dataKey(KeyIds.MEASUREMENT_SECRET, 32)) {
      clusterId = ClusterId.derive(secret, FakeJoinService.SALT);
    }
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
    service.close();
  }

  private void assertMember(Role role) throws Exception {
    node.assertMember(FakeJoinService.KEYS, clusterId, FakeJoinService.SALT, role);
    assertEquals("rw-------", TestNode.mode(node.paths.kubeletKey()));
    var certificate =
        Pem.certificates("kubelet", Files.readString(node.paths.kubeletCertificate())).getFirst();
    assertEquals(
        certificate.getPublicKey(),
        CertificateRequests.parse(
                Bytes.of(service.requests.getLast().getCertificateRequest().toByteArray()))
            .key());
  }

  @Test
  void aWorkerJoinsTheClusterThatLetsItIn() throws Exception {
    assertEquals(Bootstrap.Outcome.JOINED, node.run());

    assertMember(Role.WORKER);
    var request = service.requests.getFirst();
    assertEquals(node.disk().uuid(), request.getDiskUuid());
    assertEquals(List.of("node-1", "10.42.1.1"), request.getHostCertificatePrincipalsList());
    var plan = node.kubeadm.joins.getFirst();
    assertEquals("node-1", plan.nodeName());
    assertEquals("10.42.1.1", plan.nodeIp());
    assertEquals("api.example:6443", plan.apiServerEndpoint());
    assertEquals(FakeJoinService.TOKEN, plan.token());
    assertFalse(plan.controlPlane());
    assertEquals(
        List.of(
            new Component(
                "data:,x", FakeJoinService.COMPONENT_HASH, "/run/state/bin/kubelet", false)),
        plan.components());
  }

  @Test
  void aControlPlaneJoinsWithItsEightFiles() throws Exception {
    node.close();
    node = new TestNode(root, Role.CONTROL_PLANE);
    node.metadata.joinThrough(service.endpoint());

    assertEquals(Bootstrap.Outcome.JOINED, node.run());

    assertMember(Role.CONTROL_PLANE);
    assertTrue(service.requests.getFirst().getIsControlPlane());
    assertEquals(
        FakeJoinService.CONTROL_PLANE_FILES,
        node.kubeadm.joins.getFirst().controlPlaneFiles().stream()
            .map(ControlPlaneFile::name)
            .toList());
  }

  @Test
  void keepsAskingUntilItsEvidenceIsAccepted() throws Exception {
    service.verifier(DummyEvidence.undecidedVerifier(Variant.QEMU_VTPM));
    node.start();

    String reason = node.awaitStatus(s -> s.state() == State.REFUSED).reason();

    assertTrue(
        reason.startsWith("refused by " + service.endpoint() + ": handshake rejected"), reason);
    assertTrue(reason.endsWith("see that join-service's log or audit"), reason);
    assertTrue(service.requests.isEmpty());
    assertTrue(node.register.read().isAllZero());
    service.verifier(DummyEvidence.verifier(Variant.QEMU_VTPM));
    assertEquals(Bootstrap.Outcome.JOINED, node.await());
    assertMember(Role.WORKER);
  }

  @Test
  void componentsThatAreNotToBeHadCostNothing() throws Exception {
    node.kubeadm.notToBeHad = new IOException("https://mirror.example/kubelet is not to be had");
    node.start();

    node.awaitStatus(s -> s.reason().endsWith("mirror.example/kubelet is not to be had"));

    assertTrue(node.register.read().isAllZero());
    assertTrue(node.kubeadm.joins.isEmpty());
    node.kubeadm.notToBeHad = null;
    assertEquals(Bootstrap.Outcome.JOINED, node.await());
    assertMember(Role.WORKER);
    assertEquals(node.kubeadm.joins.getFirst().components(), node.kubeadm.fetched.getLast());
  }

  @Test
  void keepsAskingAfterARefusalInWords() throws Exception {
    service.refuse(new CallException(Status.Code.PERMISSION_DENIED, "this disk is another node's"));
    node.start();

    String reason = node.awaitStatus(s -> s.state() == State.REFUSED).reason();

    assertEquals(
        "refused by " + service.endpoint() + " (PERMISSION_DENIED): this disk is another node's",
        reason);
    service.refuse(null);
    assertEquals(Bootstrap.Outcome.JOINED, node.await());
  }

  @Test
  void doesNotTakeTheNodeForATicketThatIsUnusable() throws Exception {
    service.spoil(ticket -> ticket.setMeasurementSalt(ByteString.EMPTY));
    node.start();

    String reason = node.awaitStatus(s -> s.state() == State.REFUSED).reason();

    assertEquals(
        "the ticket of "
            + service.endpoint()
            + " is unusable: measurement_salt: has 0 bytes, must have 32",
        reason);
    assertTrue(node.register.read().isAllZero());
    assertFalse(Files.exists(node.paths.nodeState()));
    service.spoil(ticket -> {});
    assertEquals(Bootstrap.Outcome.JOINED, node.await());
  }

  @Test
  void doesNotTakeTheNodeForATicketWithAComponentThatItsImageDoesNotLetIn() throws Exception {
    node.settings =
        node.settings.withComponents(
            ComponentPolicy.parse(Bytes.ofUtf8("{\"paths\": [\"/opt/cni/bin/\"]}")));
    node.start();

    String reason = node.awaitStatus(s -> s.state() == State.REFUSED).reason();

    assertTrue(
        reason.endsWith(
            "kubernetes_components[0].install_path: leads to where this image lets no component go"),
        reason);
    assertTrue(node.register.read().isAllZero());
    assertEquals(List.of(), node.kubeadm.joins);
  }

  @Test
  void asksTheNextOneWhereTheFirstDoesNotAnswer() throws Exception {
    node.metadata.joinThrough("127.0.0.1:1", service.endpoint());

    assertEquals(Bootstrap.Outcome.JOINED, node.run());
  }

  @Test
  void waitsForJoinServicesToAppear() throws Exception {
    node.metadata.joinThrough();
    node.start();
    node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));

    node.metadata.joinThrough(service.endpoint());

    assertEquals(Bootstrap.Outcome.JOINED, node.await());
  }

  @Test
  void waitsForItsMetadata() throws Exception {
    node.metadata.joinThrough();
    node.start();
    node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));
    node.metadata.down(true);
    node.awaitStatus(s -> s.reason().startsWith("no join endpoints: the metadata service"));
    node.metadata.down(false);
    node.metadata.joinThrough(service.endpoint());

    assertEquals(Bootstrap.Outcome.JOINED, node.await());
  }

  @Test
  void doesNotAskItself() throws Exception {
    node.metadata.ip("10.42.1.1");
    node.metadata.joinThrough("10.42.1.1:30090");
    node.start();

    assertEquals(
        "waiting for join-services to appear",
        node.awaitStatus(s -> s.reason().startsWith("waiting")).reason());
  }

  @Test
  void asksTheMetadataForTheApiServerWhereTheTicketNamesNone() throws Exception {
    service.spoil(ticket -> ticket.clearApiServerEndpoint());

    assertEquals(Bootstrap.Outcome.JOINED, node.run());

    assertEquals("10.42.0.1:6443", node.kubeadm.joins.getFirst().apiServerEndpoint());
  }

  @Test
  void aWorkerThrowsAwayKeysThatAreNotForIt() throws Exception {
    service.spoil(
        ticket -> ticket.addControlPlaneFilesBuilder().setName("ca.key").setData(ByteString.EMPTY));

    assertEquals(Bootstrap.Outcome.JOINED, node.run());

    assertEquals(List.of(), node.kubeadm.joins.getFirst().controlPlaneFiles());
  }

  @Test
  void triesKubeadmThreeTimes() throws Exception {
    node.kubeadm.failNext(2);

    assertEquals(Bootstrap.Outcome.JOINED, node.run());

    assertEquals(3, node.kubeadm.joins.size());
    assertMember(Role.WORKER);
  }

  @Test
  void aNodeThatFailsAfterTheLockIsResetAndJoinsAfterItsReboot() throws Exception {
    String uuid = node.disk().uuid();
    node.kubeadm.failNext(3);

    assertEquals(Bootstrap.Outcome.REBOOTING, node.run());

    assertEquals(State.FAILED, node.status().state());
    assertTrue(node.status().reason().endsWith("etcd is not well"), node.status().reason());
    assertEquals(node.status().reason(), node.services.rebootRequested().orElseThrow());
    assertFalse(node.disk().initialized());
    node.reboot();
    assertNotEquals(uuid, node.disk().uuid());
    assertEquals(Bootstrap.Outcome.JOINED, node.run());
    assertMember(Role.WORKER);
  }

  @Test
  void aRegisterThatForgetsMakesNoMember() throws Exception {
    node.register.ignoreExtensions();

    assertEquals(Bootstrap.Outcome.REBOOTING, node.run());

    assertTrue(node.status().reason().contains("does not hold"), node.status().reason());
    assertTrue(node.kubeadm.joins.isEmpty());
    assertFalse(node.disk().initialized());
  }

  @Test
  void aRegisterThatSomebodyElseSpendsMeanwhileEndsInAReboot() throws Exception {
    node.metadata.joinThrough();
    node.start();
    node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));

    node.register.extend(Bytes.ofUtf8("another"));
    node.metadata.joinThrough(service.endpoint());

    assertEquals(Bootstrap.Outcome.REBOOTING, node.await());
    assertTrue(node.status().reason().contains("not zero any more"), node.status().reason());
    assertTrue(node.kubeadm.joins.isEmpty());
    assertFalse(Files.exists(node.paths.nodeState()));
  }

  @Test
  void aSecondProcessIsTurnedAwayWithoutTouchingAnything() throws Exception {
    node.metadata.joinThrough();
    node.start();
    node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));

    var e =
        assertThrows(IOException.class, () -> ProcessLock.take(node.paths.bootstrapLock()).close());

    assertTrue(e.getMessage().startsWith("another process bootstraps this node"));
    node.metadata.joinThrough(service.endpoint());
    assertEquals(Bootstrap.Outcome.JOINED, node.await());
    ProcessLock.take(node.paths.bootstrapLock()).close();
  }

  @Test
  void aMemberOnlyStartsItsKubelet() throws Exception {
    node.run();
    int asked = service.requests.size();
    Files.delete(node.paths.standaloneKubelet());

    assertEquals(Bootstrap.Outcome.MEMBER_ALREADY, node.run());

    assertEquals(asked, service.requests.size());
    assertEquals(1, node.kubeadm.joins.size());
    assertMember(Role.WORKER);
  }

  @Test
  void aRegisterOfAnotherClusterIsNoMembership() throws Exception {
    node.run();
    node.register.reset();
    node.register.extend(Bytes.ofUtf8("another"));

    assertEquals(Bootstrap.Outcome.REBOOTING, node.run());

    assertFalse(node.disk().initialized());
    assertTrue(
        node.status().reason().endsWith("is not of the cluster that the disk belongs to"),
        node.status().reason());
  }

  @Test
  void waitingIsLoggedOnce() throws Exception {
    node.metadata.joinThrough();
    try (var log = new CapturedLog()) {
      node.start();
      node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));
      Thread.sleep(500);

      assertEquals(
          1,
          log.lines().stream()
              .filter(line -> line.contains("INFO: bootstrap starting: waiting"))
              .count(),
          log::text);
    }
  }

  /** Every way to die, then: start again as often as it takes, with the reboots it asks for. */
  @ParameterizedTest
  @EnumSource(value = Step.class, mode = EnumSource.Mode.EXCLUDE, names = "ANSWERED")
  void aNodeKilledAfterAnyStepBecomesAMember(Step step) throws Exception {
    node.dieAfter(step);
    node.start().awaitDeath();

    Bootstrap.Outcome outcome = node.run();
    boolean afterLock = step.compareTo(Step.LOCKED) >= 0;
    boolean complete = step.compareTo(Step.COMPLETE_WRITTEN) >= 0;
    assertEquals(
        complete
            ? Bootstrap.Outcome.MEMBER_ALREADY
            : afterLock ? Bootstrap.Outcome.REBOOTING : Bootstrap.Outcome.JOINED,
        outcome);
    if (outcome == Bootstrap.Outcome.REBOOTING) {
      node.reboot();
      assertEquals(Bootstrap.Outcome.JOINED, node.run());
    }

    assertMember(Role.WORKER);
  }

  /** A power cut instead of a kill: the register is fresh, the disk as it was. */
  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ANSWERED", "DISK_MARKED", "KUBELET_STARTED"})
  void aNodeThatLosesPowerAfterAnyStepBecomesAMember(Step step) throws Exception {
    node.dieAfter(step);
    node.start().awaitDeath();

    node.reboot();

    assertEquals(Bootstrap.Outcome.JOINED, node.run());
    assertMember(Role.WORKER);
  }

  @Test
  void stopsWhenItIsInterrupted() throws Exception {
    var never = new CountDownLatch(1);
    node.kubeadm.holdAt(never);
    node.start();
    node.awaitStatus(s -> s.reason().startsWith("kubeadm join"));

    node.close();

    assertEquals(State.STARTING, node.status().state());
  }

  @Test
  void nothingSecretIsLogged() throws Exception {
    try (var log = new CapturedLog()) {
      service.verifier(DummyEvidence.undecidedVerifier(Variant.QEMU_VTPM));
      node.start();
      node.awaitStatus(s -> s.state() == State.REFUSED);
      service.verifier(DummyEvidence.verifier(Variant.QEMU_VTPM));
      node.kubeadm.failNext(1);
      node.await();

      String text = log.text() + Files.readString(node.paths.status());
      assertTrue(text.contains("standalone disk"), "the log was captured");
      assertFalse(text.contains(FakeJoinService.TOKEN.substring(7)));
      for (String id : List.of(KeyIds.MEASUREMENT_SECRET, node.disk().uuid())) {
        byte[] key = FakeJoinService.KEYS.dataKey(id, 32).expose();
        assertFalse(text.contains(HexFormat.of().formatHex(key)));
        assertFalse(text.contains(Base64.getEncoder().encodeToString(key)));
      }
      assertFalse(text.contains("PRIVATE KEY"));
    }
  }
}
