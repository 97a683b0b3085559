package dev.asterism.node.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.testing.hosts.FakeGcpHost;
import dev.asterism.testing.hosts.FakeQemuHost;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcpSourceTest {
  private final FakeGcpHost host = new FakeGcpHost();
  private final Metadata metadata = Told.by(Provider.GCP, host.uri());

  GcpSourceTest() throws IOException {
    host.attribute("constellation-role", "worker");
    host.attribute("asterism-api-server", "34.1.2.3:443");
    host.attribute("constellation-init-secret-hash", Told.HASH + "\n");
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private String failure() {
    return assertThrows(IOException.class, metadata::self).getMessage();
  }

  @Test
  void readsTheInstanceAndItsAttributes() throws IOException {
    assertEquals(
        new Metadata.Instance(
            "cluster-worker-xk3p",
            "gce://some-project/europe-west3-b/cluster-worker-xk3p",
            Role.WORKER,
            "10.156.0.9"),
        metadata.self());
    assertEquals("34.1.2.3:443", metadata.apiServerEndpoint());
    assertEquals(List.of("34.1.2.3:30090"), metadata.joinEndpoints());
    assertEquals(Optional.of(Told.HASH), metadata.initSecretHash());
  }

  @Test
  void takesTheFirstAddressOfTheOtherFamilyWhereThereIsNone() throws IOException {
    host.data.put("instance/network-interfaces/0/ip", "");
    host.data.put("instance/network-interfaces/0/ipv6s", "fd20::9\nfd20::a\n");

    assertEquals("fd20:0:0:0:0:0:0:9", metadata.self().ip());
  }

  @Test
  void saysWhichAttributeIsMissing() {
    host.data.remove("instance/attributes/constellation-role");

    assertEquals(
        "Compute Engine instance attribute constellation-role: is missing; set it to"
            + " control-plane or worker in the instance's metadata, or give --node-role",
        failure());
  }

  @Test
  void listensToNobodyWhoIsNotGoogles() throws IOException {
    try (var other = new FakeQemuHost()) {
      String message =
          assertThrows(IOException.class, Told.by(Provider.GCP, other.uri())::self).getMessage();

      assertTrue(message.contains("is not Google's"), message);
      assertTrue(message.contains("--cloud-provider"), message);
    }
  }

  @Test
  void saysThatAnAttributeIsNoText() {
    host.attribute("constellation-role", "worker\u0000");

    assertEquals(
        "Compute Engine instance attribute constellation-role: is not control-plane or worker; set"
            + " it to control-plane or worker in the instance's metadata",
        failure());
  }
}
