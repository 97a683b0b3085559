package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.testing.kubernetes.TestControlPlane;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The join-service can do what it must with exactly the roles of its manifest, and not with less.
 */
@Tag("kube")
@Timeout(600)
@ParameterizedClass(name = "Kubernetes {0}")
@MethodSource("versions")
class RbacTest {
  /** A record that cannot be deleted is no error: it stays, and that is seen. */
  private static final String NOT_FORGOTTEN = "the first one is still there";

  @Parameter String version;

  private TestControlPlane plane;

  /** The manifest's roles, as the API server read them. */
  private List<ObjectNode> roles;

  static List<String> versions() {
    return TestControlPlane.versions();
  }

  /** One thing that one rule allows. */
  private record Permission(String kind, int rule, String resource, String verb) {
    /** What is said where this is missing: by the API server, for nothing else. */
    String refusal() {
      return this.verb.equals("delete")
          ? NOT_FORGOTTEN
          : "cannot " + verb + " resource \"" + resource + "\"";
    }

    @Override
    public String toString() {
      return verb + " " + resource;
    }
  }

  @BeforeEach
  void start() throws Exception {
    plane = TestControlPlane.of(version);
    plane.awaitApiServer();
    ObjectNode list =
        Json.object(
            "roles",
            plane.kubectl(
                "apply",
                "-f",
                "packaging/kubernetes/base/join-service-rbac.yaml",
                "--server-side",
                "--dry-run=server",
                "-o",
                "json"));
    roles = new ArrayList<>();
    for (JsonNode item : list.path("items")) {
      if (item.path("kind").asString().endsWith("Role")) {
        roles.add((ObjectNode) item);
      }
    }
    assertEquals(2, roles.size());
  }

  private List<Permission> permissions() {
    var permissions = new ArrayList<Permission>();
    for (ObjectNode role : roles) {
      for (int rule = 0; rule < role.path("rules").size(); rule++) {
        JsonNode node = role.path("rules").path(rule);
        assertEquals(1, node.path("resources").size());
        for (JsonNode verb : node.path("verbs")) {
          permissions.add(
              new Permission(
                  role.path("kind").asString(),
                  rule,
                  node.path("resources").path(0).asString(),
                  verb.asString()));
        }
      }
    }
    return permissions;
  }

  /** Binds the roles without one permission to a user who is new; the user's access. */
  private Access user(Optional<Permission> without) throws Exception {
    String user = "join-service-" + UUID.randomUUID();
    try (ApiServer admin = plane.admin()) {
      var manifests = new Manifests(admin);
      for (ObjectNode role : roles) {
        ObjectNode own = Json.newObject();
        own.put("apiVersion", "rbac.authorization.k8s.io/v1");
        own.put("kind", role.path("kind").asString());
        own.putObject("metadata").put("name", user).put("namespace", "kube-system");
        own.set("rules", role.get("rules").deepCopy());
        if (without.isPresent() && without.get().kind().equals(role.path("kind").asString())) {
          ObjectNode rule = (ObjectNode) own.path("rules").path(without.get().rule());
          ArrayNode verbs = rule.putArray("verbs");
          role.path("rules")
              .path(without.get().rule())
              .path("verbs")
              .forEach(verb -> {
                if (!verb.asString().equals(without.get().verb())) {
                  verbs.add(verb.asString());
                }
              });
          if (verbs.isEmpty()) {
            ((ArrayNode) own.get("rules")).remove(without.get().rule());
          }
        }
        boolean cluster = role.path("kind").asString().equals("ClusterRole");
        if (cluster) {
          ((ObjectNode) own.get("metadata")).remove("namespace");
        }
        manifests.apply(own);
        manifests.apply(binding(user, cluster));
      }
    }
    return access(user);
  }

  private static ObjectNode binding(String user, boolean cluster) {
    ObjectNode binding = Json.newObject();
    binding.put("apiVersion", "rbac.authorization.k8s.io/v1");
    binding.put("kind", cluster ? "ClusterRoleBinding" : "RoleBinding");
    ObjectNode metadata = binding.putObject("metadata").put("name", user);
    if (!cluster) {
      metadata.put("namespace", "kube-system");
    }
    binding
        .putObject("roleRef")
        .put("apiGroup", "rbac.authorization.k8s.io")
        .put("kind", cluster ? "ClusterRole" : "Role")
        .put("name", user);
    binding
        .putArray("subjects")
        .addObject()
        .put("apiGroup", "rbac.authorization.k8s.io")
        .put("kind", "User")
        .put("name", user);
    return binding;
  }

  private Access access(String user) throws Exception {
    String caKey = "";
    for (ControlPlaneFile file : plane.folder().files()) {
      if (file.name().equals("ca.key")) {
        caKey = new String(file.content().toArray(), StandardCharsets.UTF_8);
      }
    }
    CertificateAuthority authority;
    try (Secret key = Secret.copyOf(Bytes.ofUtf8(caKey))) {
      authority = CertificateAuthority.load(plane.authority(), key);
    }
    KeyPair pair = KeyPairs.ecP256();
    Instant now = Instant.now();
    X509Certificate certificate =
        authority.issue(
            new CertificateAuthority.Request(
                pair.getPublic(),
                "CN=" + user,
                now.minusSeconds(60),
                now.plusSeconds(3600),
                Usage.CLIENT,
                List.of(),
                List.of()));
    try (Secret pem = Pem.encode(pair.getPrivate())) {
      return Access.byCertificate(
          "https://" + plane.endpoint(),
          plane.authority(),
          Pem.encode(certificate),
          pem.use(bytes -> new String(bytes, StandardCharsets.US_ASCII)));
    }
  }

  /** Every path of a join-service that asks the API server something. */
  private void allPaths(Access access, Duration patience) throws Exception {
    try (var server = new ApiServer(() -> access, patience)) {
      var cluster =
          new ApiCluster(
              server,
              plane.folder(),
              plane.clusterConfiguration(),
              InstantSource.system(),
              new SecureRandom());
      String run = UUID.randomUUID().toString();
      var token = cluster.createToken(BootstrapTokens.TTL);
      assertTrue(server.authenticates(token.token()));
      var holder = TokenHolder.of("ak-" + run, "worker-" + run, false, run);
      var ticket = TicketNumber.unrecorded(Instant.now());
      assertEquals(
          cluster.createToken(BootstrapTokens.TTL, holder, ticket),
          cluster.createToken(BootstrapTokens.TTL, holder, ticket));
      cluster.components();
      cluster.hasNode(run);
      cluster.registerJoiningNode("worker-" + run, "components", false, "");
      controlPlanes(server, run);
      admissions(cluster, run);
      new AuditHeads(server)
          .keep("log-" + run, Bytes.ofHex("head", "ab".repeat(32)), Instant.now());
    }
  }

  /** The first is created, a stale one is replaced. */
  private void controlPlanes(ApiServer server, String run) throws Exception {
    var joining = new JoiningNodes(server, new ApiAdmissions(server));
    try (var admin = plane.admin()) {
      Objects.arrived(admin, JoiningNode.CONTROL_PLANE);
    }
    Instant past = Instant.parse("2026-01-01T00:00:00Z");
    joining.announce(JoiningNode.from(past, "a-" + run, "components", true, ""), past);
    Instant now = Instant.now();
    joining.announce(JoiningNode.from(now, "b-" + run, "components", true, ""), now);
  }

  /** A record is made, changed, and forgotten; the journal is made where there is none. */
  private void admissions(ApiCluster cluster, String run) throws Exception {
    try (var admin = plane.admin()) {
      Objects.forgetAdmissions(admin);
    }
    AdmissionRecord first = admit(cluster, 1, run + "-1");
    AdmissionRecord second = admit(cluster, 2, run + "-2");
    admit(cluster, 2, run + "-2", "00000000-0000-0000-0000-000000000009");
    cluster
        .admissions()
        .<String, IOException>change(
            all -> new Change<>("", Optional.of(second), List.of(first.identity())));
    assertEquals(1, cluster.admissions().all().size(), NOT_FORGOTTEN);
  }

  private static AdmissionRecord admit(ApiCluster cluster, int machine, String node)
      throws IOException, AdmissionException {
    return admit(cluster, machine, node, "00000000-0000-0000-0000-%012d".formatted(machine));
  }

  private static AdmissionRecord admit(ApiCluster cluster, int machine, String node, String disk)
      throws IOException, AdmissionException {
    var applicant =
        new Applicant(
            AdmissionRecord.identityOfKey("%064x".formatted(machine)),
            Map.of(),
            node,
            false,
            disk,
            List.of());
    return cluster
        .admissions()
        .<AdmissionRecord, AdmissionException>change(
            all -> AdmissionRules.admit(all, applicant, Instant.now()));
  }

  @Test
  void everyPathWorksWithExactlyTheseRoles() throws Exception {
    allPaths(user(Optional.empty()), ApiServer.PATIENCE);
  }

  @TestFactory
  List<DynamicTest> everyVerbIsNeeded() {
    return permissions().stream()
        .map(one ->
            DynamicTest.dynamicTest(
                one.toString(),
                () -> {
                  Access access = user(Optional.of(one));
                  awaitRoles(access);
                  Throwable failure =
                      assertThrows(Throwable.class, () -> allPaths(access, Duration.ofMillis(50)));
                  String said = String.valueOf(failure.getMessage());
                  assertTrue(said.contains(one.refusal()), failure::toString);
                }))
        .toList();
  }

  /** Until the API server has heard of the roles, everything would fail for another reason. */
  private static void awaitRoles(Access access) throws Exception {
    try (var server = new ApiServer(() -> access, Duration.ofSeconds(30))) {
      for (int i = 0; i < 100; i++) {
        try {
          var _ = server.get(Resource.NODES, "nobody");
          return;
        } catch (ApiException e) {
          try {
            var _ = server.get(Resource.CONFIG_MAPS, "nothing");
            return;
          } catch (ApiException both) {
            Thread.sleep(50);
          }
        }
      }
    }
  }
}
