package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.Component;
import dev.asterism.node.NodeStateFile;
import dev.asterism.node.Role;
import dev.asterism.testing.FakeJoinService;
import dev.asterism.testing.hosts.FakeAwsHost;
import dev.asterism.testing.hosts.FakeAzureHost;
import dev.asterism.testing.hosts.FakeGcpHost;
import dev.asterism.testing.hosts.FakeHost;
import dev.asterism.testing.hosts.FakeHost.Fault;
import dev.asterism.testing.hosts.FakeOpenStackHost;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node image in a cloud: nobody tells it anything but its host. */
@Timeout(300)
class CloudNodeTest {
  @TempDir private Path folder;

  private static FakeHost host(String provider, Map<String, String> said) throws Exception {
    switch (provider) {
      case "aws" -> {
        var host = new FakeAwsHost();
        host.tags.putAll(said);
        return host;
      }
      case "azure" -> {
        var host = new FakeAzureHost();
        host.tags.putAll(said);
        return host;
      }
      case "gcp" -> {
        var host = new FakeGcpHost();
        said.forEach(host::attribute);
        return host;
      }
      default -> {
        var host = new FakeOpenStackHost();
        host.meta.putAll(said);
        return host;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "aws, i-0123456789abcdef0, 10.0.1.7",
    "azure, cp-vmss000001, 10.9.0.5",
    "gcp, cluster-worker-xk3p, 10.156.0.9",
    "openstack, cluster-cp-0, 192.168.100.23"
  })
  void joinsByWhatItsHostSays(String provider, String name, String ip) throws Exception {
    try (var joinService = new FakeJoinService();
        var node = new NodeImageFixture(folder, "control-plane", "\"nowhere.invalid:1\"");
        FakeHost host =
            host(
                provider,
                Map.of(
                    "constellation-role",
                    "worker",
                    "asterism-join-endpoints",
                    joinService.endpoint()))) {
      joinService.verifier(
          new QemuVtpm()
              .policy(
                  Json.object("config", "{\"measurements\": {\"4\": \"" + "00".repeat(32) + "\"}}"))
              .verifier());
      var components = node.components();
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
      // It comes up late.
      host.next(Fault.DOWN, Fault.DOWN, Fault.BUSY);
      node.told("--cloud-provider=" + provider, "--metadata-url=" + host.uri());

      var ended = node.runHere("--state-disk=" + node.disk());

      assertEquals(ExitCode.SUCCESS, ended.code(), ended.said());
      assertEquals(
          Role.WORKER, new NodeStateFile(node.paths.nodeState()).read().orElseThrow().role());
      assertTrue(node.kubeadmConfig().contains(name), node.kubeadmConfig());
      assertTrue(node.kubeadmConfig().contains(ip), node.kubeadmConfig());
    }
  }

  @Test
  void isInitializedByTheSecretThatItsHostKnowsTheHashOf() throws Exception {
    String hash =
        Bcrypt.hash(
            Secret.copyOf(Bytes.ofUtf8(NodeImageFixture.INIT_SECRET)), 4, new SecureRandom());
    try (var node = new NodeImageFixture(folder, "worker", "");
        FakeHost host =
            host(
                "aws",
                Map.of(
                    "constellation-role", "control-plane",
                    "asterism-api-server", "lb.example.com",
                    "asterism-join-endpoints", "127.0.0.1:1",
                    "constellation-init-secret-hash", hash))) {
      node.told("--cloud-provider=aws", "--metadata-url=" + host.uri());
      try (RoleProcess role = node.start(node.initPort)) {
        var init = node.init(node.components());

        assertEquals(ExitCode.SUCCESS, init.code(), init.said() + node.log());
        role.assertEndsBy(ExitCode.SUCCESS);
      }
      assertTrue(node.kubeadmConfig().contains("lb.example.com:6443"), node.kubeadmConfig());
    }
  }
}
