package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.bootstrap.FaultPoints.Step;
import dev.asterism.bootstrap.TestAdmin.Result;
import dev.asterism.keys.ClusterId;
import dev.asterism.keys.KeyIds;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.node.BootstrapStatus.State;
import dev.asterism.node.Role;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.testing.CapturedLog;
import dev.asterism.testing.FakeJoinService;
import dev.asterism.testing.FakeKubeadm;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class InitTest {
  @TempDir Path root;
  private final TestAdmin admin = new TestAdmin();
  private TestNode node;
  private Bytes clusterId;

  @BeforeEach
  void prepare() throws Exception {
    node = new TestNode(root, Role.CONTROL_PLANE);
    node.metadata.initSecretHash(TestAdmin.INIT_SECRET_HASH);
    Files.writeString(root.resolve("node.log"), "kubeadm: etcd: no space left\n".repeat(100));
    try (var secret = admin.keys.dataKey(KeyIds.MEASUREMENT_SECRET, 32)) {
      clusterId = ClusterId.derive(secret, TestAdmin.SALT);
    }
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private void assertMember() throws Exception {
    node.assertMember(admin.keys, clusterId, TestAdmin.SALT, Role.CONTROL_PLANE);
  }

  @Test
  void anAdminWhoKnowsTheSecretFoundsACluster() throws Exception {
    node.start();

    Result result = admin.init(node, admin.request());

    assertEquals(Status.Code.OK, result.status().getCode());
    assertEquals(1, result.successes().size());
    var success = result.successes().getFirst();
    assertEquals(FakeKubeadm.KUBECONFIG, success.getKubeconfig().toStringUtf8());
    assertEquals(clusterId, Texts.bytes(success.getClusterId()));
    assertTrue(success.getOwnerId().isEmpty());
    assertEquals(Bootstrap.Outcome.INITIALIZED, node.await());
    assertMember();
    assertEquals(
        new Kubeadm.InitPlan(
            "mini",
            "v1.34.2",
            "node-1",
            "10.42.1.1",
            "10.42.0.1:6443",
            List.of("api.example", "192.0.2.7"),
            "10.96.0.0/12",
            true,
            List.of(new Component("data:,x", "", "/run/state/bin/kubeadm", false))),
        node.kubeadm.inits.getFirst());
  }

  @Test
  void anAdminOfAnOlderVersionLeavesNamesToTheNode() throws Exception {
    node.start();

    Result result =
        admin.init(node, admin.request().toBuilder().clearClusterName().clearServiceCidr().build());

    assertTrue(result.status().isOk(), () -> String.valueOf(result.status()));
    assertEquals("", node.kubeadm.inits.getFirst().clusterName());
    assertEquals("10.96.0.0/12", node.kubeadm.inits.getFirst().serviceCidr());
  }

  @Test
  void aRegisterThatSomebodyElseSpendsMeanwhileEndsInAReboot() throws Exception {
    node.start();
    node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));
    node.register.extend(Bytes.ofUtf8("another"));

    Result result = admin.init(node, admin.request());

    result.assertFailure(Status.Code.FAILED_PRECONDITION);
    assertEquals("the node is taken: its cluster register is not zero any more", result.failure());
    assertEquals(Bootstrap.Outcome.REBOOTING, node.await());
    assertTrue(node.kubeadm.inits.isEmpty());
  }

  @Test
  void componentsThatAreNotToBeHadCostNothing() throws Exception {
    node.kubeadm.notToBeHad = new IOException("https://mirror.example/kubelet is not to be had");
    node.start();

    Result result = admin.init(node, admin.request());

    assertFalse(result.status().isOk());
    assertTrue(result.failure().contains("mirror.example/kubelet is not"), result.failure());
    assertTrue(node.register.read().isAllZero());
    assertTrue(node.kubeadm.inits.isEmpty());
    node.kubeadm.notToBeHad = null;
    result = admin.init(node, admin.request());
    assertTrue(result.status().isOk(), result.failure());
    assertEquals(Bootstrap.Outcome.INITIALIZED, node.await());
    assertMember();
    assertEquals(node.kubeadm.inits.getFirst().components(), node.kubeadm.fetched.getLast());
  }

  @Test
  void theServerIsGoneAfterSuccess() throws Exception {
    node.start();
    admin.init(node, admin.request());
    node.await();

    Result again = admin.tryOnce(node, admin.request());

    assertEquals(Status.Code.UNAVAILABLE, again.status().getCode());
    assertEquals(1, node.kubeadm.inits.size());
  }

  @Test
  void theWrongSecretGetsOneFailureAndNothingOfTheJournal() throws Exception {
    node.start();

    Result result =
        admin.init(
            node,
            admin.request().toBuilder().setInitSecret(ByteString.copyFromUtf8("wrong")).build());

    result.assertFailure(Status.Code.PERMISSION_DENIED);
    assertEquals("the init secret is not this instance's", result.failure());
    assertEquals("init refused: the init secret is not this instance's\n", result.log());
    assertTrue(node.register.read().isAllZero());
  }

  @Test
  void whoMayRetriesAndSucceeds() throws Exception {
    node.start();
    admin
        .init(node, admin.request().toBuilder().clearInitSecret().build())
        .assertFailure(Status.Code.PERMISSION_DENIED);
    admin
        .init(node, admin.request().toBuilder().clearMeasurementSalt().build())
        .assertFailure(Status.Code.INVALID_ARGUMENT);

    assertEquals(Status.Code.OK, admin.init(node, admin.request()).status().getCode());
    assertEquals(Bootstrap.Outcome.INITIALIZED, node.await());
    assertMember();
  }

  static Stream<Arguments> oneThingWrong() {
    return Stream.of(
        wrong("measurement_salt", r -> r.setMeasurementSalt(ByteString.copyFrom(new byte[31]))),
        wrong("kubernetes_version", r -> r.clearKubernetesVersion()),
        wrong("kubernetes_version", r -> r.setKubernetesVersion("v1.2.3 --config=/x")),
        wrong("cluster_name", r -> r.setClusterName("a\nb")),
        wrong("service_cidr", r -> r.setServiceCidr("10.96.0.0")),
        wrong("apiserver_cert_sans", r -> r.setApiserverCertSans(0, "a b")),
        wrong(
            "kubernetes_components[0].install_path",
            r -> r.getKubernetesComponentsBuilder(0).setInstallPath("/etc/../x")),
        wrong(
            "kubernetes_components[0].install_path",
            r -> r.getKubernetesComponentsBuilder(0).setInstallPath("/etc/x.service")),
        wrong("storage_uri", r -> r.setStorageUri("file:///x")),
        wrong(
            "storage://aws",
            r -> r.setStorageUri("storage://aws?bucket=b&region=r&accessKeyID=i&accessKey=k")),
        wrong("kms_uri", r -> r.setKmsUri("kms://cluster-kms?key=c2VjcmV0&salt=AA")),
        wrong(
            "kms://cluster-kms only",
            r ->
                r.setKmsUri(
                    "kms://gcp?projectID=p&location=l&keyRing=r&credentialsPath=c&keyName=k")));
  }

  private static Arguments wrong(String complaint, Consumer<InitRequest.Builder> spoil) {
    return Arguments.of(complaint, spoil);
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("oneThingWrong")
  void aRequestThatIsWrongCostsNothing(String complaint, Consumer<InitRequest.Builder> spoil)
      throws Exception {
    node.start();
    InitRequest.Builder request = admin.request().toBuilder();
    spoil.accept(request);

    Result result = admin.init(node, request.build());

    result.assertFailure(Status.Code.INVALID_ARGUMENT);
    assertTrue(result.failure().contains(complaint), result.failure());
    assertFalse(result.failure().contains("c2VjcmV0"), result.failure());
    assertTrue(result.log().startsWith("kubeadm: etcd"), "the journal follows");
    assertTrue(node.register.read().isAllZero());
    assertFalse(Files.exists(node.paths.nodeState()));
  }

  @Test
  void aFailureAfterTheLockIsToldWithTheJournalAndEndsInAReboot() throws Exception {
    node.kubeadm.failNext(1);
    node.start();

    Result result = admin.init(node, admin.request());

    result.assertFailure(Status.Code.INTERNAL);
    assertEquals("init failed: kubeadm: etcd is not well", result.failure());
    assertEquals("kubeadm: etcd: no space left\n".repeat(100), result.log());
    assertTrue(result.chunks().stream().allMatch(c -> c > 0 && c <= 1024));
    assertEquals(Bootstrap.Outcome.REBOOTING, node.await());
    assertFalse(node.disk().initialized());
    assertEquals(State.FAILED, node.status().state());
    assertEquals(
        "init failed: kubeadm: etcd is not well", node.services.rebootRequested().orElseThrow());
    node.reboot();
    node.start();
    assertEquals(Status.Code.OK, admin.init(node, admin.request()).status().getCode());
    assertEquals(Bootstrap.Outcome.INITIALIZED, node.await());
    assertMember();
  }

  @Test
  void aSecondInitIsToldThatThereIsAFirst() throws Exception {
    var gate = new CountDownLatch(1);
    node.kubeadm.holdAt(gate);
    node.start();
    CompletableFuture<Result> first =
        CompletableFuture.supplyAsync(() -> admin.init(node, admin.request()));
    node.awaitStatus(s -> s.reason().equals("kubeadm init"));

    Result second = admin.init(node, admin.request());

    second.assertFailure(Status.Code.FAILED_PRECONDITION);
    assertTrue(second.failure().startsWith("already initialized"), second.failure());
    gate.countDown();
    assertEquals(Status.Code.OK, first.get().status().getCode());
    assertEquals(Bootstrap.Outcome.INITIALIZED, node.await());
    assertMember();
  }

  @Test
  void anAdminWhoHangsUpInTheMiddleStillHasACluster() throws Exception {
    var gate = new CountDownLatch(1);
    node.kubeadm.holdAt(gate);
    node.start();
    node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));
    var hangUp = new CountDownLatch(1);
    var call = CompletableFuture.runAsync(() -> admin.initUntil(node, admin.request(), hangUp));
    node.awaitStatus(s -> s.reason().equals("kubeadm init"));

    hangUp.countDown();
    call.get();
    gate.countDown();

    assertEquals(Bootstrap.Outcome.INITIALIZED, node.await());
    assertMember();
  }

  @Test
  void anInitThatHasTheNodeStopsTheJoinClient() throws Exception {
    node.start();
    admin.init(node, admin.request());
    node.await();

    try (var service = new FakeJoinService()) {
      node.metadata.joinThrough(service.endpoint());
      Thread.sleep(300);
      assertEquals(0, service.requests.size());
    }
  }

  @Test
  void aJoinThatHasTheNodeStopsTheInitServer() throws Exception {
    try (var service = new FakeJoinService()) {
      var gate = new CountDownLatch(1);
      node.kubeadm.holdAt(gate);
      node.metadata.joinThrough(service.endpoint());
      node.start();
      node.awaitStatus(s -> s.reason().startsWith("kubeadm join"));

      Result late = admin.tryOnce(node, admin.request());

      assertFalse(late.status().isOk());
      gate.countDown();
      assertEquals(Bootstrap.Outcome.JOINED, node.await());
      assertTrue(node.kubeadm.inits.isEmpty());
    }
  }

  /** Both at once, as close as threads come. */
  @RepeatedTest(8)
  void exactlyOneOfInitAndJoinWins() throws Exception {
    try (var service = new FakeJoinService()) {
      node.start();
      node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));
      CompletableFuture<Result> init =
          CompletableFuture.supplyAsync(() -> admin.tryOnce(node, admin.request()));
      node.metadata.joinThrough(service.endpoint());

      Bootstrap.Outcome outcome = node.await();

      assertEquals(1, node.register.extensions());
      assertEquals(1, node.kubeadm.inits.size() + node.kubeadm.joins.size());
      assertEquals(
          outcome == Bootstrap.Outcome.INITIALIZED, init.get().status().isOk(), outcome::toString);
    }
  }

  @Test
  void aWorkerServesNoInit() throws Exception {
    node.close();
    node = new TestNode(root, Role.WORKER);
    node.metadata.initSecretHash(TestAdmin.INIT_SECRET_HASH);
    node.start();
    node.awaitStatus(s -> s.reason().startsWith("waiting for join-services"));

    assertEquals(Status.Code.UNAVAILABLE, admin.tryOnce(node, admin.request()).status().getCode());
  }

  /** Every way to die; then the node, its reboots and its admin do what they do. */
  @ParameterizedTest
  @EnumSource(value = Step.class, mode = EnumSource.Mode.EXCLUDE, names = "KUBELET_WRITTEN")
  void aNodeKilledAfterAnyStepBecomesAMember(Step step) throws Exception {
    node.dieAfter(step);
    node.start();
    admin.init(node, admin.request());
    node.awaitDeath();

    node.start();
    boolean afterLock = step.compareTo(Step.LOCKED) >= 0;
    boolean complete = step.compareTo(Step.COMPLETE_WRITTEN) >= 0;
    if (afterLock && !complete) {
      assertEquals(Bootstrap.Outcome.REBOOTING, node.await());
      node.reboot();
      node.start();
    }
    if (complete) {
      assertEquals(Bootstrap.Outcome.MEMBER_ALREADY, node.await());
    } else {
      assertEquals(Status.Code.OK, admin.init(node, admin.request()).status().getCode());
      assertEquals(Bootstrap.Outcome.INITIALIZED, node.await());
    }

    assertMember();
  }

  /** A hundred lines at once, two in each second. */
  @Test
  void whoDoesNotKnowTheSecretDoesNotFillTheLog() throws Exception {
    try (var log = new CapturedLog()) {
      node.start();
      var wrong = admin.request().toBuilder().setInitSecret(ByteString.copyFromUtf8("x")).build();
      long start = System.nanoTime();
      for (int i = 0; i < 150; i++) {
        assertTrue(admin.init(node, wrong).successes().isEmpty());
      }
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds() + 1;
      long lines = log.lines().stream().filter(line -> line.contains("init call from")).count();
      assertTrue(lines > 0 && lines <= 100 + 2 * seconds, lines + " lines in " + seconds + " s");
    }
  }

  @Test
  void nothingSecretIsLogged() throws Exception {
    try (var log = new CapturedLog()) {
      node.start();
      admin.init(node, admin.request().toBuilder().setStorageUri("x").build());
      admin.init(node, admin.request());
      node.await();

      String text = log.text() + Files.readString(node.paths.status());
      assertTrue(text.contains("init call from"), "the log was captured");
      assertFalse(text.contains("kms://"));
      assertFalse(text.contains(TestAdmin.INIT_SECRET));
      assertFalse(text.contains(TestAdmin.INIT_SECRET_HASH));
      assertFalse(text.contains("PRIVATE KEY"));
    }
  }
}
