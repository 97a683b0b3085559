package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionOrders;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.ClusterAccess.Components;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.JoinInProgressException;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.testing.TestClock;
import dev.asterism.testing.kubernetes.FakeApiServer;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Tokens, announcements and components as objects. */
@Timeout(120)
class ApiClusterTest {
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private static final String CONTROL_PLANE = Resource.JOINING_NODES.path("control-plane");
  private static final Component KUBELET = new Component("data:,x", "sha256:00", "/a", false);

  @TempDir private Path folder;

  private final TestClock clock = new TestClock(NOW);
  private FakeApiServer fake;
  private ApiServer server;
  private ApiCluster cluster;

  @BeforeEach
  void start() throws Exception {
    fake = new FakeApiServer();
    server = new ApiServer(() -> fake.access("any"), Duration.ofMinutes(1));
    cluster =
        new ApiCluster(
            server,
            new ControlPlaneFolder(folder, clock),
            folder.resolve("ClusterConfiguration"),
            clock,
            new SecureRandom());
  }

  @AfterEach
  void stop() {
    server.close();
    fake.close();
  }

  private static ObjectNode object(String name) {
    ObjectNode object = Json.newObject();
    object.putObject("metadata").put("name", name);
    return object;
  }

  @Test
  void aTokenIsTheSecretThatKubernetesKnows() throws Exception {
    BootstrapToken token = cluster.createToken(BootstrapTokens.TTL);
    ObjectNode secret = fake.object(Resource.SECRETS.path("bootstrap-token-" + token.id()));
    assertEquals(token, BootstrapTokens.fromSecret(secret));
    assertEquals(NOW.plus(BootstrapTokens.TTL), token.expires());
  }

  @Test
  void aTokenWhoseAnswerIsLostIsNotMadeTwice() throws Exception {
    fake.loseAnswer("POST", Resource.SECRETS.path());
    BootstrapToken token = cluster.createToken(BootstrapTokens.TTL);
    assertEquals(1, fake.count(Resource.SECRETS.path()));
    assertTrue(fake.object(Resource.SECRETS.path(BootstrapTokens.secretName(token))) != null);
  }

  @Test
  void aTokenOfAnothersNameIsNotTaken() throws Exception {
    fake.fail("POST", Resource.SECRETS.path(), 409);
    BootstrapToken token = cluster.createToken(BootstrapTokens.TTL);
    assertEquals(1, fake.count(Resource.SECRETS.path()));
    assertTrue(fake.object(Resource.SECRETS.path(BootstrapTokens.secretName(token))) != null);
  }

  @Test
  void readsTheComponentsThatNodeVersionNames() throws Exception {
    var components =
        new Components(ComponentsConfig.reference(List.of(KUBELET)), "v1", List.of(KUBELET));
    fake.put(
        Resource.CONFIG_MAPS.path(components.reference()),
        ComponentsConfig.toConfigMap(components));
    ObjectNode version = object("constellation-version");
    version.putObject("spec").put("kubernetesComponentsReference", components.reference());
    fake.put(Resource.NODE_VERSIONS.path("constellation-version"), version);
    assertEquals(components, cluster.components());
  }

  @Test
  void saysWhichObjectIsMissing() {
    var missing = assertThrows(IOException.class, () -> cluster.components());
    assertTrue(missing.getMessage().contains("constellation-version"), missing.getMessage());
  }

  @Test
  void readsTheMountedClusterConfiguration() throws Exception {
    Files.writeString(
        folder.resolve("ClusterConfiguration"),
        "apiServer:\n  certSANs:\n  - api.example.com\nnetworking:\n  serviceSubnet: 10.96.0.0/12\n");
    assertEquals(List.of("api.example.com"), cluster.apiServerCertSans());
    assertEquals("10.96.0.0/12", cluster.serviceCidr());
  }

  @Test
  void knowsWhichNodesThereAre() throws Exception {
    fake.put(Resource.NODES.path("worker-1"), object("worker-1"));
    assertTrue(cluster.hasNode("worker-1"));
    assertTrue(!cluster.hasNode("worker-2"));
  }

  private void register(String name, boolean controlPlane, String attester) throws IOException {
    cluster.registerJoiningNode(name, "k8s-components", controlPlane, attester);
  }

  private JoiningNode announced(String path) throws Exception {
    return JoiningNode.fromJson(fake.object(path));
  }

  @Test
  void announcesAWorkerUnderItsNameForTwoDays() throws Exception {
    register("worker-1", false, "ak-1");
    register("worker-1", false, "ak-1");
    JoiningNode node = announced(Resource.JOINING_NODES.path("worker-1"));
    assertEquals(NOW.plus(Duration.ofHours(48)), node.deadline());
    assertEquals(
        new JoiningNode("worker-1", "k8s-components", false, node.deadline(), "ak-1"), node);
  }

  @Test
  void oneControlPlaneJoinsAtATime() throws Exception {
    register("cp-1", true, "ak-1");
    var busy = assertThrows(JoinInProgressException.class, () -> register("cp-2", true, "ak-2"));
    assertTrue(busy.getMessage().contains("cp-1"), busy.getMessage());
    assertEquals(NOW.plus(Duration.ofMinutes(10)), announced(CONTROL_PLANE).deadline());
  }

  @Test
  void aStaleControlPlaneDoesNotBlock() throws Exception {
    register("cp-1", true, "ak-1");
    clock.advance(Duration.ofMinutes(10).plusSeconds(1));
    register("cp-2", true, "ak-2");
    assertEquals("cp-2", announced(CONTROL_PLANE).name());
  }

  @Test
  void aControlPlaneThatAsksAgainDoesNotWaitForItself() throws Exception {
    register("cp-1", true, "ak-1");
    clock.advance(Duration.ofMinutes(1));
    register("cp-1", true, "ak-1");
    assertEquals(NOW.plus(Duration.ofMinutes(11)), announced(CONTROL_PLANE).deadline());
    assertThrows(JoinInProgressException.class, () -> register("cp-1", true, "ak-2"));
  }

  private AdmissionOrders admitted(String machine, String node) throws Exception {
    var orders = new AdmissionOrders(cluster.admissions(), clock);
    var _ =
        orders.bind(
            new Applicant(
                machine, Map.of(), node, true, "00000000-0000-0000-0000-000000000001", List.of()));
    return orders;
  }

  @Test
  void aControlPlaneThatAnAdminLetGoOfMakesRoom() throws Exception {
    String machine = AdmissionRecord.identityOfKey("01".repeat(32));
    AdmissionOrders orders = admitted(machine, "cp-1");
    register("cp-1", true, machine);
    assertThrows(JoinInProgressException.class, () -> register("cp-1", true, "ak-2"));
    var _ = orders.release("cp-1", "", false);
    register("cp-1", true, "ak-2");
    assertEquals("ak-2", announced(CONTROL_PLANE).attester());
  }

  @Test
  void aControlPlaneThatWasRevokedMakesRoom() throws Exception {
    String machine = AdmissionRecord.identityOfKey("01".repeat(32));
    AdmissionOrders orders = admitted(machine, "cp-1");
    register("cp-1", true, machine);
    var _ = orders.revoke("cp-1", "");
    register("cp-2", true, "ak-2");
    assertEquals("cp-2", announced(CONTROL_PLANE).name());
  }

  @Test
  void onlyADeadControlPlanesOwnAnnouncementIsTakenBack() throws Exception {
    JoiningNodes.gone(server, "cp-1");
    register("cp-1", true, "ak-1");
    JoiningNodes.gone(server, "cp-2");
    assertEquals("cp-1", announced(CONTROL_PLANE).name());
    JoiningNodes.gone(server, "cp-1");
    register("cp-2", true, "ak-2");
  }

  @Test
  void theOperatorsDeletionMakesRoom() throws Exception {
    register("cp-1", true, "ak-1");
    fake.remove(CONTROL_PLANE);
    register("cp-2", true, "ak-2");
    assertEquals("cp-2", announced(CONTROL_PLANE).name());
  }

  private ObjectNode arrived(String name, Instant when, boolean labelled) {
    ObjectNode node = object(name);
    ObjectNode metadata = (ObjectNode) node.get("metadata");
    metadata.put("creationTimestamp", when.toString());
    if (labelled) {
      metadata.putObject("labels").put("node-role.kubernetes.io/control-plane", "");
    }
    return node;
  }

  @Test
  void aControlPlaneThatHasArrivedMakesRoom() throws Exception {
    register("cp-1", true, "ak-1");
    fake.put(Resource.NODES.path("cp-1"), arrived("cp-1", NOW.plusSeconds(30), true));
    register("cp-2", true, "ak-2");
    assertEquals("cp-2", announced(CONTROL_PLANE).name());
  }

  @Test
  void aControlPlaneWhoseKubeletIsThereHasNotArrivedYet() throws Exception {
    register("cp-1", true, "ak-1");
    fake.put(Resource.NODES.path("cp-1"), arrived("cp-1", NOW.plusSeconds(30), false));
    assertThrows(JoinInProgressException.class, () -> register("cp-2", true, "ak-2"));
  }

  @Test
  void aNodeThatWasThereBeforeSaysNothingOfTheOneThatJoins() throws Exception {
    register("cp-1", true, "ak-1");
    fake.put(Resource.NODES.path("cp-1"), arrived("cp-1", NOW.minusSeconds(1), true));
    assertThrows(JoinInProgressException.class, () -> register("cp-2", true, "ak-2"));
  }

  @Test
  void anAnnouncementWhoseAnswerIsLostIsItsOwn() throws Exception {
    fake.loseAnswer("POST", Resource.JOINING_NODES.path());
    register("cp-1", true, "");
    clock.advance(Duration.ofMinutes(11));
    fake.loseAnswer("PUT", CONTROL_PLANE);
    register("cp-2", true, "");
    assertEquals("cp-2", announced(CONTROL_PLANE).name());
  }

  @Test
  void ofManyThatAskAtOnceOneIsAnnounced() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asking = new ArrayList<Future<Boolean>>();
      for (int i = 0; i < 16; i++) {
        String name = "cp-" + i;
        asking.add(
            threads.submit(() -> {
              try {
                register(name, true, name);
                return true;
              } catch (JoinInProgressException e) {
                return false;
              }
            }));
      }
      int announced = 0;
      for (var one : asking) {
        announced += one.get() ? 1 : 0;
      }
      assertEquals(1, announced);
    }
  }

  @Test
  void keepsAnAuditHeadOnce() throws Exception {
    var heads = new AuditHeads(server);
    Bytes head = Bytes.ofHex("head", "ab".repeat(32));
    heads.keep("join-service-cp-1", head, NOW);
    heads.keep("join-service-cp-1", head, NOW.plusSeconds(60));
    ObjectNode kept =
        fake.object(Resource.AUDIT_HEADS.path("join-service-cp-1-" + "ab".repeat(16)));
    assertEquals(head.hex(), kept.path("spec").path("head").asString());
    assertEquals(NOW.toString(), kept.path("spec").path("time").asString());
    assertEquals(1, fake.count(Resource.AUDIT_HEADS.path()));
  }

  @Test
  void tokensAreDistinct() throws Exception {
    var tokens = new HashSet<String>();
    for (int i = 0; i < 20; i++) {
      tokens.add(cluster.createToken(BootstrapTokens.TTL).token());
    }
    assertEquals(20, tokens.size());
    assertNotEquals(0, fake.count(Resource.SECRETS.path()));
  }
}
