package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.MasterSecret;
import dev.asterism.kubernetes.Component;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.testing.FakeInitNode;
import dev.asterism.testing.FakePlatform;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitClusterTest {
  private static final Bytes GOOD = Bytes.ofUtf8("0123456789abcdef0123456789abcdef");
  private static final Bytes OTHER = Bytes.ofUtf8("x123456789abcdef0123456789abcdef");
  private static final Issuer NODE = FakePlatform.issuer(Map.of(4, GOOD));

  @TempDir Path temp;
  Workspace workspace;
  final List<String> progress = new CopyOnWriteArrayList<>();

  Runnable atFirstProgress = () -> {};

  @BeforeEach
  void nameANewWorkspace() {
    workspace = new Workspace(temp.resolve("cluster"));
  }

  @Test
  void initialisesAndWritesWhatTheAdminNeeds() throws Exception {
    try (var node = new FakeInitNode(0, NODE, FakeInitNode::succeed)) {
      ClusterState state = init(node.port(), Duration.ofSeconds(20));

      assertEquals(state, workspace.state().orElseThrow());
      assertEquals(FakeInitNode.clusterId(node.requests.getFirst()), state.clusterId());
      assertEquals(FakeInitNode.KUBECONFIG, Files.readString(workspace.kubeconfigFile()));
      assertMode("rw-------", workspace.kubeconfigFile());
      assertMode("rw-------", workspace.masterSecretFile());
      assertFalse(Files.exists(workspace.nodeLogFile()));
      assertTrue(progress.getLast().endsWith("has proven itself"), progress.toString());
    }
  }

  @Test
  void asksForWhatTheAdminWants() throws Exception {
    try (var node = new FakeInitNode(0, NODE, FakeInitNode::succeed)) {
      ClusterState state = init(node.port(), Duration.ofSeconds(20));
      InitRequest asked = node.requests.getFirst();

      MasterSecret sent = MasterSecret.fromKmsUri(asked.getKmsUri());
      MasterSecret kept = MasterSecret.fromJson(workspace.masterSecretFile());
      assertEquals(kept.key(), sent.key());
      assertEquals(kept.salt(), sent.salt());
      assertEquals("storage://no-store", asked.getStorageUri());
      assertEquals(state.measurementSalt(), Bytes.of(asked.getMeasurementSalt().toByteArray()));
      assertEquals("let me in", asked.getInitSecret().toStringUtf8());
      assertEquals("stars", asked.getClusterName());
      assertEquals("v1.33.2", asked.getKubernetesVersion());
      assertEquals(List.of("10.0.0.9"), asked.getApiserverCertSansList());
      assertEquals("10.96.0.0/12", asked.getServiceCidr());
      assertTrue(asked.getConformanceMode());
      assertEquals("/opt/kubelet", asked.getKubernetesComponents(0).getInstallPath());
    }
  }

  @Test
  void sendsNothingToANodeThatIsNotWhatItShouldBe() throws Exception {
    Issuer wrong = FakePlatform.issuer(Map.of(4, OTHER));
    try (var node = new FakeInitNode(0, wrong, FakeInitNode::succeed)) {
      var e = assertThrows(NodeRefusedException.class, () -> init(node.port(), seconds(20)));

      assertTrue(e.getMessage().contains("is not trusted: PCR 4: expected"), e.getMessage());
      assertEquals(List.of(), node.requests);
    }
  }

  @Test
  void sendsNothingToANodeThatBelongsToAClusterAlready() throws Exception {
    Issuer spent = FakePlatform.issuer(Map.of(4, GOOD, 15, OTHER));
    try (var node = new FakeInitNode(0, spent, FakeInitNode::succeed)) {
      var e = assertThrows(NodeRefusedException.class, () -> init(node.port(), seconds(20)));

      assertTrue(e.getMessage().contains("PCR 15: expected 00000"), e.getMessage());
      assertEquals(List.of(), node.requests);
    }
  }

  @Test
  void sendsNothingToANodeWithoutEvidence() throws Exception {
    try (var node = new FakeInitNode(0, null, FakeInitNode::succeed)) {
      var e = assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));

      assertTrue(e.getMessage().contains("no attestation document"), e.getMessage());
      assertEquals(List.of(), node.requests);
    }
  }

  @Test
  void givesUpAtOnceWhereNobodySpeaksTls() throws Exception {
    try (var node = FakeInitNode.plaintext(FakeInitNode::succeed)) {
      var e = assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));

      assertFalse(e.getMessage().contains("gave up after"), e.getMessage());
      assertEquals(List.of(), node.requests);
    }
  }

  @Test
  void waitsForANodeThatStillBoots() throws Exception {
    int port = freePort();
    var nodes = new ArrayList<FakeInitNode>();
    atFirstProgress =
        () -> {
          try {
            nodes.add(new FakeInitNode(port, NODE, FakeInitNode::succeed));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };

    init(port, Duration.ofSeconds(60));
    nodes.getFirst().close();

    assertTrue(progress.getFirst().contains("does not answer (connection refused)"));
    assertTrue(progress.getLast().endsWith("has proven itself"), progress.toString());
    assertEquals(2, progress.size(), progress.toString());
  }

  @Test
  void givesUpAfterTheTimeout() throws Exception {
    int port = freePort();
    var e = assertThrows(NodeException.class, () -> init(port, Duration.ofSeconds(1)));

    assertTrue(e.getMessage().endsWith("(connection refused); gave up after 1 s"), e.getMessage());
  }

  @Test
  void neverAsksTwiceOnceTheNodeMayHaveBegun() throws Exception {
    try (var node =
        new FakeInitNode(
            0, NODE, (q, out) -> out.onError(Status.UNAVAILABLE.asRuntimeException()))) {
      assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));

      assertEquals(1, node.requests.size());
    }
  }

  @Test
  void keepsSecretAndSaltForTheNextAttempt() throws Exception {
    try (var node =
        new FakeInitNode(0, NODE, (q, out) -> out.onError(Status.INTERNAL.asRuntimeException()))) {
      assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));
      assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));

      assertEquals(node.requests.get(0), node.requests.get(1));
    }
  }

  @Test
  void tellsWhyANodeFailedAndKeepsItsJournal() throws Exception {
    try (var node =
        new FakeInitNode(
            0,
            NODE,
            (q, out) -> {
              out.onNext(FakeInitNode.failure("kubeadm\nfailed\u001b[2J"));
              out.onNext(FakeInitNode.log("line 1\n"));
              out.onNext(FakeInitNode.log("line 2\n"));
              out.onError(Status.INTERNAL.asRuntimeException());
            })) {
      var e = assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));

      assertTrue(
          e.getMessage()
              .contains("could not initialise: kubeadm\uFFFDfailed\uFFFD[2J (its journal"),
          e.getMessage());
      assertEquals("line 1\nline 2\n", Files.readString(workspace.nodeLogFile()));
      assertMode("rw-------", workspace.nodeLogFile());
      assertFalse(Files.exists(workspace.kubeconfigFile()));
    }
  }

  @Test
  void doesNotBelieveAClusterIdThatItsKeysDoNotGive() throws Exception {
    try (var node =
        new FakeInitNode(
            0,
            NODE,
            (q, out) -> {
              out.onNext(FakeInitNode.success(OTHER));
              out.onCompleted();
            })) {
      var e = assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));

      assertTrue(e.getMessage().contains("do not use this cluster"), e.getMessage());
      assertFalse(Files.exists(workspace.kubeconfigFile()));
    }
  }

  @Test
  void anEndWithoutAnAnswerIsAFailure() throws Exception {
    try (var node = new FakeInitNode(0, NODE, (q, out) -> out.onCompleted())) {
      var e = assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));

      assertTrue(e.getMessage().contains("ended without an answer"), e.getMessage());
    }
  }

  @Test
  void neverTouchesTheWorkspaceOfAnotherCluster() throws Exception {
    try (var node = new FakeInitNode(0, NODE, FakeInitNode::succeed)) {
      init(node.port(), seconds(20));
      var e = assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));
      assertTrue(e.getMessage().contains("is of a cluster that exists"), e.getMessage());

      Files.delete(workspace.stateFile());
      e = assertThrows(NodeException.class, () -> init(node.port(), seconds(20)));
      assertTrue(e.getMessage().contains("asterism-admin.conf exists"), e.getMessage());
      assertEquals(1, node.requests.size());
    }
  }

  @Test
  void usesTheMasterSecretThatIsThere() throws Exception {
    Files.createDirectories(workspace.folder());
    MasterSecret own = MasterSecret.generate(new SecureRandom());
    own.writeJson(workspace.masterSecretFile());
    try (var node = new FakeInitNode(0, NODE, FakeInitNode::succeed)) {
      init(node.port(), seconds(20));

      assertEquals(own.key(), MasterSecret.fromKmsUri(node.requests.getFirst().getKmsUri()).key());
    }
  }

  private ClusterState init(int port, Duration timeout) throws Exception {
    var config = Json.object("config", "{\"measurements\": {\"4\": \"" + GOOD.hex() + "\"}}");
    var plan =
        new InitPlan(
            new Endpoint("127.0.0.1", port),
            new FakePlatform().policy(config),
            Secret.copyOf("let me in".getBytes(StandardCharsets.UTF_8)),
            "stars",
            "v1.33.2",
            List.of(new Component("data:,x", "sha256:00", "/opt/kubelet", false)),
            List.of("10.0.0.9"),
            "10.96.0.0/12",
            true,
            timeout,
            Duration.ofMillis(100));
    assertEquals(Variant.QEMU_VTPM, plan.policy().variant());
    return new InitCluster(new SecureRandom(), InstantSource.system(), this::tell)
        .run(plan, workspace);
  }

  private void tell(String line) {
    progress.add(line);
    if (progress.size() == 1) {
      atFirstProgress.run();
    }
  }

  private static Duration seconds(int count) {
    return Duration.ofSeconds(count);
  }

  private static int freePort() throws Exception {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void assertMode(String mode, Path file) throws Exception {
    assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }
}
