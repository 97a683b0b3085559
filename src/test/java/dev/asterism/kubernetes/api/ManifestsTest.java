package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionOrders;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.testing.kubernetes.TestControlPlane;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The manifests as an API server takes them, and what they promise. */
@Tag("kube")
@Timeout(300)
@ParameterizedClass(name = "Kubernetes {0}")
@MethodSource("versions")
class ManifestsTest {
  @Parameter String version;

  private TestControlPlane plane;

  static List<String> versions() {
    return TestControlPlane.versions();
  }

  @BeforeEach
  void start() throws Exception {
    plane = TestControlPlane.of(version);
    plane.awaitApiServer();
  }

  private List<JsonNode> applied(String folder) throws Exception {
    ObjectNode list =
        Json.object(
            "manifests",
            plane.kubectl(
                "apply",
                "-k",
                folder,
                "--server-side",
                "--force-conflicts",
                "--dry-run=server",
                "--validate=strict",
                "-o",
                "json"));
    var items = new ArrayList<JsonNode>();
    list.path("items").forEach(items::add);
    return items;
  }

  /** All that can be applied to a cluster: those that are parts of others too. */
  private static List<String> folders() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("packaging/kubernetes"))) {
      return files
          .filter(file -> file.endsWith("kustomization.yaml"))
          .map(file -> file.getParent().toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void theApiServerTakesThem(String folder) throws Exception {
    Set<String> names = new TreeSet<>();
    List<JsonNode> applied = applied(folder);
    assertFalse(applied.isEmpty());
    for (JsonNode item : applied) {
      if (item.path("kind").asString().equals("DaemonSet")) {
        assertEquals("kube-system", item.path("metadata").path("namespace").asString());
        names.add(item.path("metadata").path("name").asString());
      }
    }
    Set<String> services = Set.of("join-service", "key-service", "verification-service");
    assertEquals(folder.endsWith("/crds") ? Set.of() : services, names);
  }

  private static JsonNode container(JsonNode daemonSet) {
    return daemonSet.path("spec").path("template").path("spec").path("containers").path(0);
  }

  @Test
  void noContainerHasAPrivilege() throws Exception {
    for (JsonNode item : applied("packaging/kubernetes")) {
      if (!item.path("kind").asString().equals("DaemonSet")) {
        continue;
      }
      JsonNode pod = item.path("spec").path("template").path("spec");
      JsonNode context = container(item).path("securityContext");
      assertTrue(context.path("readOnlyRootFilesystem").asBoolean());
      assertFalse(context.path("allowPrivilegeEscalation").asBoolean(true));
      assertFalse(context.path("privileged").asBoolean(true));
      assertEquals("ALL", context.path("capabilities").path("drop").path(0).asString());
      assertFalse(pod.path("hostNetwork").asBoolean(false));
      assertFalse(pod.path("hostPID").asBoolean(false));
      assertEquals(
          "RuntimeDefault",
          pod.path("securityContext").path("seccompProfile").path("type").asString());
      JsonNode resources = container(item).path("resources");
      assertTrue(resources.path("requests").has("cpu"));
      assertTrue(resources.path("limits").has("memory"));
      for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        assertTrue(container(item).path(probe).has("httpGet"), probe);
      }
      boolean apiAccess = item.path("metadata").path("name").asString().equals("join-service");
      assertEquals(apiAccess, pod.path("automountServiceAccountToken").asBoolean());
    }
  }

  @Test
  void theyTakeTheOldOnesPlace() throws Exception {
    for (JsonNode item : applied("packaging/kubernetes")) {
      String name =
          item.path("kind").asString() + " " + item.path("metadata").path("name").asString();
      switch (name) {
        case "Service join-service" -> assertEquals(Set.of(30090), nodePorts(item));
        case "Service verify" -> assertEquals(Set.of(30080, 30081), nodePorts(item));
        case "Service key-service" ->
            assertEquals(9000, item.path("spec").path("ports").path(0).path("port").asInt());
        case "DaemonSet join-service" ->
            assertTrue(
                mounts(item)
                    .containsAll(List.of("/var/config", "/var/kubeadm-config", "/etc/kubernetes")),
                mounts(item)::toString);
        case "DaemonSet key-service" -> assertTrue(mounts(item).contains("/var/config"));
        default -> {}
      }
    }
  }

  /**
   * Else kube-proxy puts a node's address in place of the caller's, whose limits are everybody's.
   */
  @Test
  void whoCallsAPortOfANodeIsSeenByHisOwnAddress() throws Exception {
    Set<String> seen = new TreeSet<>();
    for (JsonNode item : applied("packaging/kubernetes")) {
      JsonNode spec = item.path("spec");
      if (item.path("kind").asString().equals("Service")
          && spec.path("type").asString().equals("NodePort")) {
        String name = item.path("metadata").path("name").asString();
        assertEquals("Local", spec.path("externalTrafficPolicy").asString(), name);
        seen.add(name);
      }
    }
    assertEquals(Set.of("join-service", "verify"), seen);
  }

  private static Set<Integer> nodePorts(JsonNode service) {
    var ports = new TreeSet<Integer>();
    service.path("spec").path("ports").forEach(port -> ports.add(port.path("nodePort").asInt()));
    return ports;
  }

  private static List<String> mounts(JsonNode daemonSet) {
    return StreamSupport.stream(container(daemonSet).path("volumeMounts").spliterator(), false)
        .map(mount -> mount.path("mountPath").asString())
        .toList();
  }

  private static ObjectNode object(String kind, String name, String spec) throws Exception {
    ObjectNode object = Json.newObject();
    object.put("apiVersion", "asterism.dev/v1alpha1").put("kind", kind);
    object.putObject("metadata").put("name", name);
    object.set("spec", Json.object("spec", spec));
    return object;
  }

  @Test
  void anAuditHeadIsNeverChanged() throws Exception {
    try (var admin = plane.admin()) {
      String hash = Long.toHexString(System.nanoTime()).repeat(8).substring(0, 64);
      String name = "log-" + hash.substring(0, 32);
      String spec = "{\"log\":\"log\",\"head\":\"%s\",\"time\":\"2026-01-01T00:00:00Z\"}";
      assertTrue(
          admin.create(Resource.AUDIT_HEADS, object("AuditHead", name, spec.formatted(hash))));
      ObjectNode kept = admin.get(Resource.AUDIT_HEADS, name).orElseThrow();
      kept.withObject("/spec").put("time", "2026-01-02T00:00:00Z");
      var refused =
          assertThrows(ApiException.class, () -> admin.replace(Resource.AUDIT_HEADS, name, kept));
      assertTrue(refused.getMessage().contains("never changed"), refused.getMessage());
      var named =
          assertThrows(
              ApiException.class,
              () ->
                  admin.create(
                      Resource.AUDIT_HEADS, object("AuditHead", "other", spec.formatted(hash))));
      assertTrue(named.getMessage().contains("the name must be"), named.getMessage());
    }
  }

  private static final String RECORD =
      "{\"state\":\"%s\",\"node\":\"n\",\"role\":\"worker\",\"disk\":\"\",\"formerDisks\":[],"
          + "\"addresses\":[],\"evidence\":{},\"since\":\"2026-01-01T00:00:00Z\"}";

  @Test
  void aRevokedMachineStaysRevoked() throws Exception {
    try (var admin = plane.admin()) {
      String name = "ak-" + Long.toHexString(System.nanoTime()).repeat(8).substring(0, 64);
      assertTrue(
          admin.create(
              Resource.NODE_ADMISSIONS,
              object("NodeAdmission", name, RECORD.formatted("revoked"))));
      ObjectNode kept = admin.get(Resource.NODE_ADMISSIONS, name).orElseThrow();
      kept.withObject("/spec").put("state", "admitted");
      var refused =
          assertThrows(
              ApiException.class, () -> admin.replace(Resource.NODE_ADMISSIONS, name, kept));
      assertTrue(refused.getMessage().contains("stays revoked"), refused.getMessage());
      admin.delete(
          Resource.NODE_ADMISSIONS,
          name,
          AdmissionJournal.version(admin.get(Resource.NODE_ADMISSIONS, name).orElseThrow()));
    }
  }

  /** As anybody may who repairs a cluster by hand. */
  @Test
  void aRevocationCountsWhereTheJournalWasDeleted() throws Exception {
    try (var admin = plane.admin()) {
      Objects.forgetAdmissions(admin);
      var records = new ApiAdmissions(admin);
      Instant now = Instant.now();
      for (int i = 1; i <= 3; i++) {
        var one =
            new Applicant(
                AdmissionRecord.identityOfKey("%064x".formatted(i)),
                Map.of(),
                "node-" + i,
                false,
                "00000000-0000-0000-0000-%012d".formatted(i),
                List.of());
        records.<AdmissionRecord, AdmissionException>change(
            all -> AdmissionRules.admit(all, one, now));
      }
      admin.delete(
          Resource.ADMISSION_JOURNALS,
          AdmissionJournal.NAME,
          AdmissionJournal.version(journal(admin)));
      AdmissionRecord revoked = new AdmissionOrders(records, () -> now).revoke("node-3", "");
      assertTrue(records.all().contains(revoked), records.all()::toString);
      assertEquals(4, journal(admin).path("spec").path("sequence").asInt());
      Objects.forgetAdmissions(admin);
    }
  }

  private static ObjectNode journal(ApiServer server) throws IOException {
    return server.get(Resource.ADMISSION_JOURNALS, AdmissionJournal.NAME).orElseThrow();
  }

  @Test
  void changesAreCountedUpwards() throws Exception {
    try (var admin = plane.admin()) {
      Objects.forgetAdmissions(admin);
      assertTrue(admin.create(Resource.ADMISSION_JOURNALS, AdmissionJournal.empty()));
      AdmissionJournal empty = AdmissionJournal.fromJson(journal(admin));
      var refused =
          assertThrows(
              ApiException.class,
              () ->
                  admin.replace(
                      Resource.ADMISSION_JOURNALS, AdmissionJournal.NAME, empty.toJson()));
      assertTrue(refused.getMessage().contains("counted upwards"), refused.getMessage());
      Objects.forgetAdmissions(admin);
    }
  }

  @Test
  void aRecordHasASchema() throws Exception {
    try (var admin = plane.admin()) {
      String name = "ak-" + "0".repeat(64);
      for (String wrong :
          List.of(
              RECORD.formatted("anything"),
              RECORD.formatted("admitted").replace("worker", "king"),
              RECORD.formatted("admitted").replace("\"evidence\":{},", ""))) {
        var refused =
            assertThrows(
                ApiException.class,
                () -> admin.create(Resource.NODE_ADMISSIONS, object("NodeAdmission", name, wrong)));
        assertEquals(422, refused.code(), refused.getMessage());
      }
      var named =
          assertThrows(
              ApiException.class,
              () ->
                  admin.create(
                      Resource.NODE_ADMISSIONS,
                      object("NodeAdmission", "worker-1", RECORD.formatted("admitted"))));
      assertTrue(named.getMessage().contains("identity of a machine"), named.getMessage());
    }
  }
}
