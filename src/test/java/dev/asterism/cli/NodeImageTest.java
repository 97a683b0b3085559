package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.tpm.PcrRegister;
import dev.asterism.crypto.Secret;
import dev.asterism.device.Tpms;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.node.NodeStateFile;
import dev.asterism.node.Role;
import dev.asterism.testing.FakeJoinService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bootstrap} on a node image: no stand-in but for hardware, containers and systemd. */
@Timeout(300)
class NodeImageTest {
  private static final String SKIPPED =
      "--ignore-preflight-errors=CoreDNSMigration,CoreDNSUnsupportedPlugins";
  private static final String KINDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  @TempDir private Path folder;
  private NodeImageFixture node;

  private NodeImageFixture node(String role, String joinEndpoints) throws Exception {
    node = new NodeImageFixture(folder, role, joinEndpoints);
    return node;
  }

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  private boolean registerIsZero() throws Exception {
    return new PcrRegister(Tpms.open(node.tpm()), 15).read().isAllZero();
  }

  private void assertMember(Role role) throws Exception {
    assertFalse(registerIsZero(), "the cluster is measured");
    assertFalse(Files.exists(node.paths.stateDiskKey()), "the first passphrase is gone");
    try (var disk = node.openDisk()) {
      assertTrue(disk.initialized());
    }
    assertEquals(role, new NodeStateFile(node.paths.nodeState()).read().orElseThrow().role());
    assertTrue(Files.exists(node.paths.sshHostCertificate()));
    assertEquals(List.of("start kubelet.service"), node.systemctlCalls());
    Path kubeadm = node.root.resolve("run/state/bin/kubeadm");
    assertEquals(
        "r-xr--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(kubeadm)));
    assertEquals("b", Files.readString(node.root.resolve("opt/cni/bin/bridge")));
    assertEquals(
        "patch", Files.readString(node.root.resolve("opt/kubernetes/patches/kubelet.yaml")));
    assertFalse(Files.exists(node.root.resolve("run/state/components")));
    assertFalse(Files.exists(node.root.resolve("run/asterism/kubeadm.yaml")));
  }

  @Test
  void anAdminMakesItTheFirstOfACluster() throws Exception {
    node("control-plane", "");
    try (RoleProcess role = node.start(node.initPort)) {
      List<Component> components = node.components();
      var init = node.init(components);
      assertEquals(0, init.code(), init.said() + node.log());
      role.assertEndsBy(ExitCode.SUCCESS);
      assertMember(Role.CONTROL_PLANE);
      assertEquals(
          List.of(
              "kubeadm version --output=short",
              "kubeadm init phase preflight " + SKIPPED,
              "kubeadm init phase certs all",
              "kubeadm init --skip-phases=preflight,certs,addon/coredns,addon/kube-proxy",
              "kubeadm kubeconfig user --client-name=asterism-admin --org=system:masters"),
          node.kubeadmCalls());
      assertTrue(node.kubeadmConfig().contains("\"node-0\""), node.kubeadmConfig());
      assertTrue(Files.exists(node.paths.kubeletCertificate()));
      assertFounded(components);
    }
  }

  /** What later joins look for. */
  private void assertFounded(List<Component> components) {
    assertEquals(3, node.apiServer.count(KINDS));
    String reference = ComponentsConfig.reference(components);
    String maps = "/api/v1/namespaces/kube-system/configmaps/";
    assertEquals(
        "v1.37.2",
        node.apiServer.object(maps + reference).path("data").path("cluster-version").asString());
    assertTrue(node.apiServer.object(maps + "internal-config") != null);
    assertEquals(
        reference,
        node.apiServer
            .object("/api/v1/nodes/node-0")
            .path("metadata")
            .path("annotations")
            .path("constellation.edgeless.systems/kubernetes-components")
            .asString());
    assertEquals(1, node.apiServer.count("/apis/asterism.dev/v1alpha1/nodeadmissions"));
  }

  @Test
  void whatIsNotToBeHadCostsNothing() throws Exception {
    node("control-plane", "");
    try (RoleProcess role = node.start(node.initPort)) {
      String hash = "sha256:" + "00".repeat(32);
      var away = new Component(node.mirror.url("/none"), hash, "/run/state/bin/kubelet", false);
      var failed = node.init(List.of(away));
      assertEquals(1, failed.code(), failed.said());
      assertTrue(failed.said().contains("/none: the server answers 404"), failed.said());

      Component other =
          node.served("kubelet", dev.asterism.wire.Bytes.ofUtf8("k"), "/opt/cni/bin/k", false);
      failed = node.init(List.of(new Component(other.url(), hash, other.installPath(), false)));
      assertEquals(1, failed.code(), failed.said());
      assertTrue(failed.said().contains("component 1: hash: is not that"), failed.said());

      assertTrue(registerIsZero(), "the node is free still");
      var init = node.init(node.components());
      assertEquals(0, init.code(), init.said() + node.log());
      role.assertEndsBy(ExitCode.SUCCESS);
      assertMember(Role.CONTROL_PLANE);
    }
  }

  @Test
  void aTicketMakesItAWorker() throws Exception {
    try (var joinService = new FakeJoinService()) {
      joinService.verifier(
          new dev.asterism.attestation.qemu.QemuVtpm()
              .policy(
                  dev.asterism.wire.Json.object(
                      "config", "{\"measurements\": {\"4\": \"" + "00".repeat(32) + "\"}}"))
              .verifier());
      node("worker", "\"" + joinService.endpoint() + "\"");
      List<Component> components = node.components();
      joinService.spoil(ticket -> {
        ticket.clearKubernetesComponents();
        for (Component component : components) {
          ticket.addKubernetesComponents(
              dev.asterism.proto.components.Component.newBuilder()
                  .setUrl(component.url())
                  .setHash(component.hash())
                  .setInstallPath(component.installPath())
                  .setExtract(component.extract()));
        }
      });
      try (RoleProcess role = node.start(node.monitoringPort())) {
        role.assertEndsBy(ExitCode.SUCCESS);
      }
    }
    assertMember(Role.WORKER);
    assertEquals(
        List.of(
            "kubeadm version --output=short",
            "kubeadm join --skip-phases=control-plane-prepare/download-certs " + SKIPPED),
        node.kubeadmCalls());
    assertTrue(node.kubeadmConfig().contains(FakeJoinService.TOKEN), node.kubeadmConfig());
    assertTrue(node.log().contains("kubeadm: joining"), "complaints are in the journal");
    assertFalse(node.log().contains(FakeJoinService.TOKEN), "secrets are not");
    try (var disk = node.openDisk();
        Secret key = FakeJoinService.KEYS.dataKey(disk.uuid(), 32)) {
      assertTrue(disk.opens(key), "the cluster can open the disk");
    }
  }

  @Test
  void aNodeWithoutItsDiskDoesNotStart() throws Exception {
    node("worker", "");
    String device = "--state-disk=" + node.disk();

    var ended = node.runHere();
    assertEquals(ExitCode.USAGE, ended.code());
    assertTrue(ended.said().contains("--state-disk: is needed"), ended.said());

    node.mounts("/run");
    ended = node.runHere(device);
    assertEquals(ExitCode.FAILURE, ended.code());
    assertTrue(ended.said().contains("run 'disk prepare'"), ended.said());

    node.mounts("/run/state", "/var");
    ended = node.runHere(device);
    assertEquals(ExitCode.FAILURE, ended.code());
    assertTrue(ended.said().contains("/etc/kubernetes is not on the state disk"), ended.said());

    node.mounts("/run/state", "/etc/kubernetes", "/var");
    Path blank = Files.write(folder.resolve("blank"), new byte[64 * 1024]);
    ended = node.runHere("--state-disk=" + blank);
    assertEquals(ExitCode.FAILURE, ended.code());
    assertTrue(registerIsZero());
  }
}
