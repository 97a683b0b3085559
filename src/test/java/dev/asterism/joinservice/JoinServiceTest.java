package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Versioned;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.EmergencySshCa;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeySource;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ControlPlaneFiles;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.proto.join.control_plane_cert_or_key;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.ForgedRequests;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Nodes and a join-service over real attested TLS; only the evidence is made up. */
@Timeout(120)
class JoinServiceTest {
  private static final Bytes SALT = Bytes.zeros(32);
  private static final Bytes GOOD_BOOT = Bytes.ofUtf8("a PCR 4 of thirty-two characters");
  private static final Issuer GOOD = FakePlatform.issuer(Map.of(4, GOOD_BOOT));
  private static final Component HELLO = new Component("data:,hello", "", "/opt/hello", false);

  private static final KeySource KEYS =
      new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32));

  @TempDir private Path folder;

  private final Metrics metrics = new Metrics();
  private final AtomicReference<Versioned<JoinConfig>> config = new AtomicReference<>();
  private final AtomicReference<KeySource> keys = new AtomicReference<>(KEYS);
  private StandaloneCluster cluster;
  private AuditLog audit;
  private JoinServiceRole role;

  @BeforeEach
  void start() throws Exception {
    config.set(new Versioned<>(joinConfig("{\"4\": \"" + GOOD_BOOT.hex() + "\"}"), 1));
    Path node = Files.createDirectory(folder.resolve("cp-0"));
    InstantSource clock = InstantSource.system();
    new StandaloneKubeadm(node, null, clock)
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
    cluster = new StandaloneCluster(node, null, clock, new SecureRandom());
    audit = new AuditLog(folder.resolve("audit.log"), clock);
    role =
        JoinServiceRole.start(
            config::get,
            cluster,
            (id, length) -> keys.get().dataKey(id, length),
            audit,
            metrics,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            clock);
  }

  @AfterEach
  void stop() throws Exception {
    role.close();
    audit.close();
  }

  private static JoinConfig joinConfig(String measurements) throws Exception {
    return JoinConfig.parse(
        new FakePlatform(), Bytes.ofUtf8("{\"measurements\": " + measurements + "}"), SALT);
  }

  private JoinServiceNode node(String name) {
    return new JoinServiceNode(role.port(), name, GOOD);
  }

  @Test
  void givesAWorkerItsTicket() throws Exception {
    try (JoinServiceNode node = node("Worker_1")) {
      IssueJoinTicketResponse ticket = node.join(node.request(false));
      assertEquals(key(node.disk), ticket.getStateDiskKey());
      assertEquals(key("measurementSecret"), ticket.getMeasurementSecret());
      assertEquals(ByteString.copyFrom(SALT.toArray()), ticket.getMeasurementSalt());
      assertEquals("10.0.0.1:6443", ticket.getApiServerEndpoint());
      assertTrue(ticket.getToken().matches("[a-z0-9]{6}\\.[a-z0-9]{16}"), "a bootstrap token");
      assertEquals(cluster.caCertHash(), ticket.getDiscoveryTokenCaCertHash());
      assertEquals(List.of(), ticket.getControlPlaneFilesList());
      assertEquals("", ticket.getKubernetesVersion());
      assertEquals(1, ticket.getKubernetesComponentsCount());
      assertEquals("data:,hello", ticket.getKubernetesComponents(0).getUrl());
      assertEquals("/opt/hello", ticket.getKubernetesComponents(0).getInstallPath());
    }
  }

  @Test
  void signsTheKubeletCertificateByTheClustersCa() throws Exception {
    try (JoinServiceNode node = node("Worker_1")) {
      IssueJoinTicketResponse ticket = node.join(node.request(false));
      var signed = Pem.certificates("x", ticket.getKubeletCert().toStringUtf8()).getFirst();
      assertEquals(node.kubelet.getPublic(), signed.getPublicKey());
      assertEquals(
          "CN=system:node:Worker_1,O=system:nodes", signed.getSubjectX500Principal().getName());
      String ca = Files.readString(folder.resolve("cp-0/etc/kubernetes/pki/ca.crt"));
      signed.verify(Pem.certificates("ca", ca).getFirst().getPublicKey());
    }
  }

  @Test
  void certifiesTheHostKeyForTheNodesAndTheClustersNames() throws Exception {
    try (JoinServiceNode node = node("Worker_1");
        EmergencySshCa ca = EmergencySshCa.of(KEYS)) {
      IssueJoinTicketResponse ticket = node.join(node.request(false));
      assertEquals(
          ca.publicKey().authorizedKeysLine(""), ticket.getAuthorizedCaPublicKey().toStringUtf8());
      String[] line = ticket.getHostCertificate().toStringUtf8().strip().split(" ");
      assertEquals("ssh-ed25519-cert-v01@openssh.com", line[0]);
      String raw =
          new String(
              Bytes.ofBase64("certificate", line[1]).toArray(),
              java.nio.charset.StandardCharsets.ISO_8859_1);
      assertTrue(raw.contains("\0\0\0\10worker_1\0\0\0\10" + "10.0.0.9"), "the node's names");
      assertTrue(raw.contains("\0\0\0\17api.example.com"), "the cluster's names");
    }
  }

  @Test
  void givesNoHostCertificateToANodeWithoutAHostKey() {
    try (JoinServiceNode node = node("worker-1")) {
      IssueJoinTicketResponse ticket = node.join(node.request(false).clearHostPublicKey());
      assertTrue(ticket.getHostCertificate().isEmpty());
      assertFalse(ticket.getAuthorizedCaPublicKey().isEmpty());
    }
  }

  @Test
  void givesAControlPlaneTheEightFiles() throws Exception {
    try (JoinServiceNode node = node("cp-1")) {
      IssueJoinTicketResponse ticket = node.join(node.request(true));
      assertEquals(
          ControlPlaneFiles.NAMES,
          ticket.getControlPlaneFilesList().stream()
              .map(control_plane_cert_or_key::getName)
              .toList());
      assertEquals(
          Files.readString(folder.resolve("cp-0/etc/kubernetes/pki/etcd/ca.key")),
          ticket.getControlPlaneFiles(3).getData().toStringUtf8());
    }
  }

  @Test
  void givesARebootedNodeItsKeysAgain() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      IssueRejoinTicketResponse ticket = node.rejoin(node.disk);
      assertEquals(key(node.disk), ticket.getStateDiskKey());
      assertEquals(key("measurementSecret"), ticket.getMeasurementSecret());
    }
  }

  @Test
  void letsNobodyInWithoutEvidence() {
    try (var node = new JoinServiceNode(role.port(), "worker-1", null)) {
      assertUnavailable(() -> node.rejoin(node.disk));
    }
    assertEquals("rejected", lastEvent());
  }

  @Test
  void letsNobodyInWithOtherMeasurements() throws Exception {
    Issuer bad = FakePlatform.issuer(Map.of(4, Bytes.zeros(32)));
    try (var node = new JoinServiceNode(role.port(), "worker-1", bad)) {
      assertUnavailable(() -> node.rejoin(node.disk));
    }
    ObjectNode verdict = Json.child(Json.child(lastRecord(), "content"), "appraisal");
    assertEquals("refused", Json.string(verdict, "verdict"));
    assertEquals(5, verdict.get("checks").size());
  }

  /** The configuration does not mention PCR 15, and could not allow it if it did. */
  @Test
  void letsNobodyInWhoHasJoinedBefore() throws Exception {
    Issuer spent = FakePlatform.issuer(Map.of(4, GOOD_BOOT, 15, GOOD_BOOT));
    try (var node = new JoinServiceNode(role.port(), "worker-1", spent)) {
      assertUnavailable(() -> node.rejoin(node.disk));
    }
    config.set(new Versioned<>(joinConfig("{\"15\": \"" + GOOD_BOOT.hex() + "\"}"), 2));
    try (var node = new JoinServiceNode(role.port(), "worker-1", spent)) {
      assertUnavailable(() -> node.rejoin(node.disk));
    }
  }

  @Test
  void givesOneTicketPerConnection() {
    try (JoinServiceNode node = node("worker-1")) {
      node.join(node.request(false));
      assertRefused(
          Status.Code.FAILED_PRECONDITION, "connect again", () -> node.join(node.request(false)));
      assertRefused(Status.Code.FAILED_PRECONDITION, "connect again", () -> node.rejoin(node.disk));
    }
    try (JoinServiceNode again = node("worker-1")) {
      again.join(again.request(false));
    }
  }

  @Test
  void givesOneTicketToTwoCallsThatRace() throws Exception {
    try (JoinServiceNode node = node("worker-1");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> calls =
          IntStream.range(0, 10).mapToObj(_ -> threads.submit(() -> rejoins(node))).toList();
      int issued = 0;
      for (Future<Boolean> call : calls) {
        issued += call.get() ? 1 : 0;
      }
      assertEquals(1, issued);
    }
  }

  private static boolean rejoins(JoinServiceNode node) {
    try {
      node.rejoin(node.disk);
      return true;
    } catch (StatusRuntimeException e) {
      assertEquals(Status.Code.FAILED_PRECONDITION, e.getStatus().getCode());
      return false;
    }
  }

  @Test
  void aRequestThatIsRefusedForItsFormDoesNotUseTheApprovalUp() {
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin("no"));
      node.rejoin(node.disk);
    }
  }

  @Test
  void refusesAnApprovalFromBeforeTheConfigurationChanged() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin("connects"));
      config.set(new Versioned<>(config.get().value(), 2));
      assertRefused(
          Status.Code.ABORTED,
          "configuration changed, connect again",
          () -> node.join(node.request(false)));
    }
    try (JoinServiceNode node = node("worker-1")) {
      node.join(node.request(false));
    }
  }

  @Test
  void aReloadDropsNoJoinInProgress() throws Exception {
    var asked = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    keys.set((id, length) -> {
      asked.countDown();
      await(go);
      return KEYS.dataKey(id, length);
    });
    try (JoinServiceNode node = node("worker-1");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<IssueRejoinTicketResponse> join = threads.submit(() -> node.rejoin(node.disk));
      await(asked);
      config.set(new Versioned<>(joinConfig("{}"), 2));
      go.countDown();
      assertEquals(key(node.disk), join.get().getStateDiskKey());
    }
  }

  @Test
  void aStopLetsAJoinInProgressEnd() throws Exception {
    var asked = new CountDownLatch(1);
    keys.set((id, length) -> {
      asked.countDown();
      pause();
      return KEYS.dataKey(id, length);
    });
    try (JoinServiceNode node = node("worker-1");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<IssueRejoinTicketResponse> join = threads.submit(() -> node.rejoin(node.disk));
      await(asked);
      role.close();
      assertEquals(key(node.disk), join.get().getStateDiskKey());
    }
  }

  @Test
  void refusesDiskUuidsThatCouldNameAnotherKey() {
    try (JoinServiceNode node = node("worker-1")) {
      for (String uuid :
          List.of(
              "",
              "measurementSecret",
              "ca_emergency_ssh",
              node.disk.toUpperCase(java.util.Locale.ROOT),
              node.disk + "\n",
              node.disk.replace("-", ""),
              "{" + node.disk + "}")) {
        assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin(uuid));
        assertRefused(
            Status.Code.INVALID_ARGUMENT,
            "disk_uuid",
            () -> node.join(node.request(false).setDiskUuid(uuid)));
      }
    }
  }

  @Test
  void refusesCertificateRequestsThatAreNoKubelets() {
    try (JoinServiceNode node = node("worker-1")) {
      for (Bytes csr :
          List.of(
              Bytes.EMPTY,
              Bytes.ofUtf8("hello"),
              ForgedRequests.withSubject(node.kubelet, "CN=system:node:a,O=system:masters"),
              ForgedRequests.withSubject(node.kubelet, "CN=kubernetes-admin,O=system:nodes"))) {
        IssueJoinTicketRequest.Builder request =
            node.request(false).setCertificateRequest(ByteString.copyFrom(csr.toArray()));
        assertRefused(
            Status.Code.INVALID_ARGUMENT, "certificate_request", () -> node.join(request));
      }
    }
  }

  @Test
  void tellsTheNodeToTryAgainWhileTheKeyServiceIsAway() {
    keys.set((id, length) -> {
      throw new KeyException(KeyException.Reason.UNAVAILABLE, "10.1.2.3 does not answer");
    });
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(Status.Code.UNAVAILABLE, "try again", () -> node.join(node.request(false)));
    }
    try (JoinServiceNode node = node("worker-1")) {
      String told =
          assertRefused(Status.Code.UNAVAILABLE, "try again", () -> node.rejoin(node.disk));
      assertFalse(told.contains("10.1.2.3"), told);
    }
    keys.set(KEYS);
    try (JoinServiceNode node = node("worker-1")) {
      node.join(node.request(false));
    }
  }

  @Test
  void tellsTheNodeToTryAgainWhileTheClusterIsAway() throws Exception {
    Files.delete(folder.resolve("cp-0/etc/kubernetes/admin.conf"));
    try (JoinServiceNode node = node("worker-1")) {
      String told =
          assertRefused(Status.Code.UNAVAILABLE, "try again", () -> node.join(node.request(false)));
      assertFalse(told.contains(folder.toString()), told);
    }
  }

  @Test
  void letsOneControlPlaneJoinAtATime() {
    try (JoinServiceNode first = node("cp-1");
        JoinServiceNode second = node("cp-2");
        JoinServiceNode worker = node("worker-1")) {
      first.join(first.request(true));
      assertRefused(
          Status.Code.UNAVAILABLE,
          "another control plane",
          () -> second.join(second.request(true)));
      worker.join(worker.request(false));
    }
  }

  @Test
  void letsAControlPlaneThatLostItsTicketAskAgain() {
    try (JoinServiceNode node = node("cp-1")) {
      node.join(node.request(true));
    }
    try (JoinServiceNode node = node("cp-1")) {
      node.join(node.request(true));
    }
  }

  @Test
  void gives50NodesAtOnce50DifferentTokens() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var joins = new ArrayList<Future<IssueJoinTicketResponse>>();
      for (int i = 0; i < 50; i++) {
        String name = "worker-" + i;
        joins.add(
            threads.submit(() -> {
              try (JoinServiceNode node = node(name)) {
                return node.join(node.request(false));
              }
            }));
      }
      var tokens = new java.util.HashSet<String>();
      var diskKeys = new java.util.HashSet<ByteString>();
      for (Future<IssueJoinTicketResponse> join : joins) {
        tokens.add(join.get().getToken());
        diskKeys.add(join.get().getStateDiskKey());
      }
      assertEquals(50, tokens.size());
      assertEquals(50, diskKeys.size());
    }
    assertEquals(50, records().stream().filter(r -> r.contains("ticket-issued")).count());
  }

  @Test
  void recordsEveryVerdictAndDecisionAndNoSecret() throws Exception {
    IssueJoinTicketResponse ticket;
    try (JoinServiceNode node = node("worker-1")) {
      ticket = node.join(node.request(false));
      assertThrows(StatusRuntimeException.class, () -> node.rejoin(node.disk));
    }
    List<String> records = records();
    assertEquals(3, records.size());
    ObjectNode verdict = Json.child(Json.object("verdict", records.get(0)), "content");
    assertTrue(Json.string(verdict, "peer").startsWith("127.0.0.1:"), "the peer's address");
    assertEquals(1, verdict.get("generation").intValue());
    assertEquals("accepted", Json.string(Json.child(verdict, "appraisal"), "verdict"));
    ObjectNode issued = Json.child(Json.object("issued", records.get(1)), "content");
    assertEquals("join", Json.string(issued, "ticket"));
    assertEquals("worker-1", Json.string(issued, "node"));
    assertEquals("000b00", Json.string(Json.child(issued, "identity"), "akName"));
    assertEquals(ticket.getToken().substring(0, 6), Json.string(issued, "token"));
    ObjectNode refused = Json.child(Json.object("refused", records.get(2)), "content");
    assertEquals("FAILED_PRECONDITION", Json.string(refused, "code"));
    String all = String.join("\n", records);
    assertFalse(all.contains(ticket.getToken()), "the token");
    Bytes diskKey = Bytes.of(ticket.getStateDiskKey().toByteArray());
    assertFalse(all.contains(diskKey.hex()) || all.contains(diskKey.base64()), "a key");
  }

  @Test
  void issuesNothingThatCannotBeRecorded() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin("connects"));
      audit.close();
      assertRefused(Status.Code.UNAVAILABLE, "recorded", () -> node.rejoin(node.disk));
    }
    try (JoinServiceNode node = node("worker-1")) {
      assertUnavailable(() -> node.rejoin(node.disk));
    }
  }

  @Test
  void countsTicketsAndVerdicts() {
    try (JoinServiceNode node = node("worker-1")) {
      node.rejoin(node.disk);
      assertThrows(StatusRuntimeException.class, () -> node.rejoin(node.disk));
    }
    String text = metrics.scrape();
    for (String line :
        List.of(
            "asterism_join_tickets_total{kind=\"rejoin\",status=\"OK\"} 1.0",
            "asterism_join_tickets_total{kind=\"rejoin\",status=\"FAILED_PRECONDITION\"} 1.0",
            "asterism_join_verdicts_total{verdict=\"accepted\"} 1.0",
            "asterism_join_verification_seconds_count 1",
            "asterism_join_ticket_seconds_count{kind=\"rejoin\"} 2")) {
      assertTrue(text.contains(line), text);
    }
  }

  private static ByteString key(String id) throws KeyException {
    try (Secret key = KEYS.dataKey(id, 32)) {
      return ByteString.copyFrom(key.expose());
    }
  }

  private List<String> records() throws java.io.IOException {
    try (var lines = Files.lines(folder.resolve("audit.log"))) {
      return lines.collect(Collectors.toList());
    }
  }

  private ObjectNode lastRecord() throws Exception {
    return Json.object("record", records().getLast());
  }

  private String lastEvent() {
    try {
      return Json.string(lastRecord(), "event");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertUnavailable(Executable call) {
    var error = assertThrows(StatusRuntimeException.class, call);
    assertEquals(Status.Code.UNAVAILABLE, error.getStatus().getCode());
  }

  private static String assertRefused(Status.Code code, String part, Executable call) {
    var error = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code, error.getStatus().getCode(), error.getMessage());
    assertTrue(error.getMessage().contains(part), error.getMessage());
    return error.getMessage();
  }
}
