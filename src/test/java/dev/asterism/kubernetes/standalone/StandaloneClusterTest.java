package dev.asterism.kubernetes.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.AdmissionOrders;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.CsrException;
import dev.asterism.kubernetes.JoinInProgressException;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.Kubeadm.JoinPlan;
import dev.asterism.testing.TestClock;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneClusterTest {
  private static final Component HELLO =
      new Component("data:,hello", "", "/run/state/bin/hello", false);

  @TempDir private Path folder;
  private final TestClock clock = new TestClock(Instant.parse("2026-05-01T12:00:00Z"));
  private Path root;
  private Path objects;
  private StandaloneCluster cluster;

  @BeforeEach
  void init() throws Exception {
    root = folder.resolve("cp-0");
    objects = folder.resolve("objects");
    Files.createDirectory(root);
    cluster = cluster(root);
    new StandaloneKubeadm(root, objects, clock)
        .init(
            new InitPlan(
                "mini",
                "v1.30.1",
                "cp-0",
                "10.0.0.1",
                "10.0.0.1:6443",
                List.of("api.example.com"),
                "10.96.0.0/12",
                false,
                List.of(HELLO)));
  }

  private StandaloneCluster cluster(Path node) {
    return new StandaloneCluster(node, objects, clock, new SecureRandom());
  }

  @Test
  void keepsTokensAsSecretsForTheOwnerAlone() throws Exception {
    BootstrapToken token = cluster.createToken(BootstrapTokens.TTL);
    Path file = objects.resolve("secrets/bootstrap-token-" + token.id() + ".json");
    assertEquals(token, BootstrapTokens.fromSecret(Json.object("x", AtomicFile.read(file, 4096))));
    assertEquals(AtomicFile.PRIVATE, Files.getPosixFilePermissions(file));
    assertEquals(clock.instant().plus(Duration.ofMinutes(15)), token.expires());
  }

  @Test
  void deletesTokensWhoseTimeIsOver() throws Exception {
    BootstrapToken old = cluster.createToken(BootstrapTokens.TTL);
    clock.advance(Duration.ofMinutes(10));
    BootstrapToken young = cluster.createToken(BootstrapTokens.TTL);
    clock.advance(Duration.ofMinutes(6));
    cluster.createToken(BootstrapTokens.TTL);
    assertFalse(Files.exists(objects.resolve("secrets/bootstrap-token-" + old.id() + ".json")));
    assertTrue(Files.exists(objects.resolve("secrets/bootstrap-token-" + young.id() + ".json")));
  }

  @Test
  void leavesSecretsAloneThatItCannotRead() throws Exception {
    cluster.createToken(BootstrapTokens.TTL);
    Path foreign = Files.writeString(objects.resolve("secrets/foreign.json"), "{}");
    cluster.createToken(BootstrapTokens.TTL);
    assertTrue(Files.exists(foreign));
  }

  @Test
  void signsKubeletCertificatesByTheClustersCa() throws Exception {
    var pair = KeyPairs.ecP256();
    Bytes csr = CertificateRequests.create(pair, "worker-1", List.of(), List.of("10.0.0.9"));
    var signed = Pem.certificates("x", cluster.signKubeletCertificate(csr)).getFirst();
    String ca = Files.readString(root.resolve("etc/kubernetes/pki/ca.crt"));
    signed.verify(Pem.certificates("ca", ca).getFirst().getPublicKey());
  }

  @Test
  void refusesOtherRequests() {
    assertThrows(
        CsrException.class, () -> cluster.signKubeletCertificate(Bytes.ofUtf8("no request")));
  }

  @Test
  void tellsWhatTheClusterRuns() throws Exception {
    assertEquals("v1.30.1", cluster.components().clusterVersion());
    assertEquals(List.of(HELLO), cluster.components().list());
    assertTrue(cluster.components().reference().startsWith("k8s-components-sha256-"));
    assertEquals(List.of("api.example.com"), cluster.apiServerCertSans());
    assertEquals("10.0.0.1:6443", cluster.apiServerEndpoint());
  }

  @Test
  void announcesAWorkerAgainAndAgain() throws Exception {
    cluster.registerJoiningNode("worker-1", "ref-1", false, "");
    cluster.registerJoiningNode("worker-1", "ref-2", false, "");
    JoiningNode node = joiningNode("worker-1");
    assertEquals("ref-2", node.componentsReference());
    assertEquals(clock.instant().plus(Duration.ofHours(48)), node.deadline());
  }

  @Test
  void letsOneControlPlaneJoinAtATime() throws Exception {
    cluster.registerJoiningNode("cp-1", "ref", true, "");
    var error =
        assertThrows(
            JoinInProgressException.class,
            () -> cluster.registerJoiningNode("cp-2", "ref", true, ""));
    assertTrue(error.getMessage().contains("cp-1"), error.getMessage());
    cluster.registerJoiningNode("worker-1", "ref", false, "");
  }

  @Test
  void letsAControlPlaneThatWasRestartedAskAgain() throws Exception {
    cluster.registerJoiningNode("cp-1", "ref", true, "000b77");
    clock.advance(Duration.ofMinutes(1));
    cluster.registerJoiningNode("cp-1", "ref", true, "000b77");
    assertEquals(
        clock.instant().plus(Duration.ofMinutes(10)), joiningNode("control-plane").deadline());
    assertThrows(
        JoinInProgressException.class,
        () -> cluster.registerJoiningNode("cp-1", "ref", true, "000b88"));
    assertThrows(
        JoinInProgressException.class,
        () -> cluster.registerJoiningNode("cp-2", "ref", true, "000b77"));
  }

  @Test
  void letsTheNextControlPlaneJoinWhenTheTimeIsOver() throws Exception {
    cluster.registerJoiningNode("cp-1", "ref", true, "");
    clock.advance(Duration.ofMinutes(10).plusSeconds(1));
    cluster.registerJoiningNode("cp-2", "ref", true, "");
    assertEquals("cp-2", joiningNode("control-plane").name());
  }

  @Test
  void letsTheNextControlPlaneJoinWhenAnAdminLetGoOfTheLast() throws Exception {
    String machine = AdmissionRecord.identityOfKey("01".repeat(32));
    var orders = new AdmissionOrders(cluster.admissions(), clock);
    String disk = "00000000-0000-0000-0000-000000000001";
    var _ = orders.bind(new Applicant(machine, Map.of(), "cp-1", true, disk, List.of()));
    cluster.registerJoiningNode("cp-1", "ref", true, machine);
    assertThrows(
        JoinInProgressException.class,
        () -> cluster.registerJoiningNode("cp-2", "ref", true, "000b77"));
    var _ = orders.release("cp-1", "", false);
    cluster.registerJoiningNode("cp-2", "ref", true, "000b77");
    assertEquals("cp-2", joiningNode("control-plane").name());
  }

  @Test
  void letsTheNextControlPlaneJoinWhenTheLastIsGone() throws Exception {
    cluster.registerJoiningNode("cp-1", "ref", true, "");
    cluster.registerJoiningNode("worker-1", "ref", false, "");

    StandaloneCluster.gone(objects, "cp-2");
    assertThrows(
        JoinInProgressException.class, () -> cluster.registerJoiningNode("cp-2", "ref", true, ""));

    StandaloneCluster.gone(objects, "cp-1");
    cluster.registerJoiningNode("cp-2", "ref", true, "");
    assertEquals("cp-2", joiningNode("control-plane").name());
    assertEquals("worker-1", joiningNode("worker-1").name());
  }

  @Test
  void letsTheNextControlPlaneJoinWhenTheLastHasArrived() throws Exception {
    cluster.registerJoiningNode("cp-1", "ref", true, "");
    Path second = Files.createDirectory(folder.resolve("cp-1"));
    new StandaloneKubeadm(second, objects, clock)
        .join(
            new JoinPlan(
                "cp-1",
                "10.0.0.2",
                "10.0.0.1:6443",
                cluster.createToken(BootstrapTokens.TTL).token(),
                cluster.caCertHash(),
                true,
                cluster.controlPlaneFiles(),
                cluster.components().list()));
    cluster(second).registerJoiningNode("cp-2", "ref", true, "");
    assertEquals("cp-2", joiningNode("control-plane").name());
    assertEquals(List.of("api.example.com"), cluster(second).apiServerCertSans());
  }

  @Test
  void admitsExactlyOneOfManyControlPlanesAtOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> joins =
          IntStream.range(0, 20)
              .mapToObj(i -> threads.submit(() -> joins(cluster(root), "cp-" + i)))
              .toList();
      int admitted = 0;
      for (Future<Boolean> join : joins) {
        admitted += join.get() ? 1 : 0;
      }
      assertEquals(1, admitted);
    }
  }

  @Test
  void saysWhatIsMissingBeforeTheNodeIsAControlPlane() {
    var empty = new StandaloneCluster(folder.resolve("empty"), null, clock, new SecureRandom());
    for (var question :
        List.<org.junit.jupiter.api.function.Executable>of(
            empty::caCertHash,
            empty::apiServerEndpoint,
            empty::controlPlaneFiles,
            empty::components)) {
      String message = assertThrows(IOException.class, question).getMessage();
      assertTrue(message.contains("does not exist"), message);
    }
  }

  @Test
  void takesAPinOnlyFromAReadableKubeconfig() throws Exception {
    Files.writeString(
        root.resolve("etc/kubernetes/admin.conf"), "clusters: []\n", StandardCharsets.UTF_8);
    assertThrows(IOException.class, cluster::caCertHash);
    assertThrows(IOException.class, cluster::apiServerEndpoint);
  }

  private static boolean joins(StandaloneCluster cluster, String name) throws IOException {
    try {
      cluster.registerJoiningNode(name, "ref", true, "");
      return true;
    } catch (JoinInProgressException e) {
      return false;
    }
  }

  private JoiningNode joiningNode(String name) throws Exception {
    Path file = objects.resolve("joiningnodes/" + name + ".json");
    return JoiningNode.fromJson(Json.object(name, AtomicFile.read(file, 4096)));
  }
}
