package dev.asterism.kubernetes.kubeadm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentInstaller;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.ControlPlaneFiles;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.Kubeadm.JoinPlan;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What kubeadm is told; the program itself needs containers. */
class KubeadmProgramTest {
  private static final String TOKEN = "abcdef.0123456789abcdef";
  private static final Component PATCH =
      new Component("data:,x", "", "/opt/kubernetes/patches/p", false);

  @TempDir private Path root;

  private final List<List<String>> lines = new ArrayList<>();
  private final List<ObjectNode> documents = new ArrayList<>();
  private String version = "v1.37.2";
  private String failing = "nothing";

  private KubeadmProgram kubeadm() {
    return new KubeadmProgram(
        root,
        this::run,
        new ComponentInstaller(
            root,
            ComponentPolicy.STANDARD,
            (url, file, limit) -> {
              throw new IOException("away");
            }),
        InstantSource.system());
  }

  private String run(List<String> line, Duration deadline) throws IOException {
    assertEquals(root.resolve("run/state/bin/kubeadm").toString(), line.getFirst());
    List<String> arguments = line.subList(1, line.size());
    if (arguments.getFirst().equals("version")) {
      return version + "\n";
    }
    lines.add(arguments);
    read(Path.of(arguments.getLast().substring("--config=".length())));
    if (arguments.contains(failing)) {
      throw new IOException("kubeadm failed with exit code 1: etcd is not well");
    }
    if (arguments.contains("certs")) {
      // As kubeadm would.
      new StandaloneKubeadm(root, null, InstantSource.system()).init(init(false));
    }
    return "the kubeconfig";
  }

  private void read(Path config) throws IOException {
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(config)));
    documents.clear();
    for (String document : Files.readString(config).split("(?m)^---$", -1)) {
      if (!document.isBlank()) {
        try {
          documents.add(Json.object("config", document));
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private InitPlan init(boolean conformance) {
    return new InitPlan(
        "mycluster",
        "v1.37.2",
        "Control_Plane-0",
        "10.0.0.1",
        "lb.example.com:6443",
        List.of("lb.example.com"),
        "10.96.0.0/12",
        conformance,
        List.of());
  }

  private JoinPlan join(boolean controlPlane) {
    var files = new ArrayList<ControlPlaneFile>();
    if (controlPlane) {
      ControlPlaneFiles.NAMES.forEach(
          name -> files.add(new ControlPlaneFile(name, Bytes.ofUtf8("content of " + name))));
    }
    return new JoinPlan(
        "Worker_1",
        "10.0.0.2",
        "lb.example.com:6443",
        TOKEN,
        "sha256:" + "ab".repeat(32),
        controlPlane,
        files,
        List.of(PATCH));
  }

  private List<String> verbs() {
    return lines.stream().map(l -> String.join(" ", l.subList(0, l.size() - 1))).toList();
  }

  @Test
  void initRunsItsPhasesAroundTheKubeletsOwnCertificate() throws Exception {
    assertEquals("the kubeconfig", kubeadm().init(init(false)));
    String ignored = "--ignore-preflight-errors=CoreDNSMigration,CoreDNSUnsupportedPlugins";
    assertEquals(
        List.of(
            "init phase preflight " + ignored,
            "init phase certs all",
            "init --skip-phases=preflight,certs,addon/coredns,addon/kube-proxy",
            "kubeconfig user --client-name=mycluster-admin --org=system:masters"),
        verbs());
    assertTrue(Files.exists(root.resolve("run/state/kubelet/pki/kubelet-client-crt.pem")));
  }

  @Test
  void conformanceKeepsKubeProxy() throws Exception {
    kubeadm().init(init(true));
    assertTrue(
        verbs().contains("init --skip-phases=preflight,certs,addon/coredns"), verbs()::toString);
  }

  @Test
  void initIsConfiguredAsThePlanSays() throws Exception {
    kubeadm().init(init(false));
    assertEquals(3, documents.size());
    JsonNode init = documents.get(0);
    assertEquals("kubeadm.k8s.io/v1beta4", init.path("apiVersion").asString());
    assertEquals("control-plane-0", init.path("nodeRegistration").path("name").asString());
    assertEquals("/opt/kubernetes/patches", init.path("patches").path("directory").asString());
    JsonNode cluster = documents.get(1);
    assertEquals("mycluster", cluster.path("clusterName").asString());
    assertEquals("lb.example.com:6443", cluster.path("controlPlaneEndpoint").asString());
    assertEquals("10.96.0.0/12", cluster.path("networking").path("serviceSubnet").asString());
    assertEquals(
        "/run/state/kubelet/pki/kubelet-client-crt.pem",
        documents.get(2).path("tlsCertFile").asString());
  }

  @Test
  void joinTellsTheTokenInAFileThatIsGoneAfterwards() throws Exception {
    kubeadm().join(join(false));
    String ignored = "--ignore-preflight-errors=CoreDNSMigration,CoreDNSUnsupportedPlugins";
    assertEquals(
        List.of("join --skip-phases=control-plane-prepare/download-certs " + ignored), verbs());
    assertFalse(lines.toString().contains(TOKEN), "no argument holds the token");
    JsonNode discovery = documents.getFirst().path("discovery");
    assertEquals(TOKEN, discovery.path("bootstrapToken").path("token").asString());
    assertEquals(TOKEN, discovery.path("tlsBootstrapToken").asString());
    assertEquals(
        "sha256:" + "ab".repeat(32),
        discovery.path("bootstrapToken").path("caCertHashes").path(0).asString());
    assertFalse(documents.getFirst().has("controlPlane"));
    assertFalse(Files.exists(root.resolve("run/asterism/kubeadm.yaml")));
    assertEquals("x", Files.readString(root.resolve("opt/kubernetes/patches/p")));
  }

  @Test
  void aFailedJoinLeavesNoTokenBehind() {
    failing = "join";
    var failure = assertThrows(IOException.class, () -> kubeadm().join(join(false)));
    assertTrue(failure.getMessage().contains("etcd is not well"), failure.getMessage());
    assertFalse(Files.exists(root.resolve("run/asterism/kubeadm.yaml")));
  }

  @Test
  void aControlPlaneHasItsFilesBeforeItJoins() throws Exception {
    kubeadm().join(join(true));
    Path key = root.resolve("etc/kubernetes/pki/etcd/ca.key");
    assertEquals("content of etcd/ca.key", Files.readString(key));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    assertEquals(
        "10.0.0.2",
        documents
            .getFirst()
            .path("controlPlane")
            .path("localAPIEndpoint")
            .path("advertiseAddress")
            .asString());
  }

  @Test
  void anOlderKubeadmIsToldInItsOwnFormat() throws Exception {
    version = "v1.30.14";
    kubeadm().join(join(false));
    ObjectNode join = documents.getFirst();
    assertEquals("kubeadm.k8s.io/v1beta3", join.path("apiVersion").asString());
    assertEquals(
        "10.0.0.2",
        join.path("nodeRegistration").path("kubeletExtraArgs").path("node-ip").asString());
    version = "v1.31.0";
    kubeadm().join(join(false));
    assertEquals("kubeadm.k8s.io/v1beta4", documents.getFirst().path("apiVersion").asString());
  }

  @Test
  void kubeadmIsNotRunWithoutItsComponents() {
    String hash = "sha256:" + "00".repeat(32);
    var component = new Component("https://a.example/kubelet", hash, "/opt/cni/bin/x", false);
    var plan =
        new JoinPlan("n", "10.0.0.2", "a:6443", TOKEN, hash, false, List.of(), List.of(component));
    assertThrows(IOException.class, () -> kubeadm().join(plan));
    assertEquals(List.of(), lines);
  }

  @Test
  void whatIsFetchedIsNotInstalledYet() throws Exception {
    kubeadm().fetch(List.of(PATCH));
    assertFalse(Files.exists(root.resolve("opt")));
    var wrong = new Component("data:,x", "sha256:" + "00".repeat(32), PATCH.installPath(), false);
    assertThrows(MalformedException.class, () -> kubeadm().fetch(List.of(wrong)));
  }

  @Test
  void aProgramThatIsNoKubeadmIsNotRun() {
    version = "2.0";
    assertThrows(IOException.class, () -> kubeadm().join(join(false)));
    assertEquals(List.of(), lines);
  }
}
