package dev.asterism.node.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.testing.hosts.FakeQemuHost;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QemuSourceTest {
  private final FakeQemuHost host = new FakeQemuHost();
  private final Metadata metadata = Told.by(Provider.QEMU, host.uri());

  QemuSourceTest() throws IOException {}

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void readsWhatTheHostSays() throws IOException {
    host.initSecretHash = Told.HASH;
    assertEquals(
        new Metadata.Instance(
            "control-plane-0", "qemu:///hostname/Control_Plane-0", Role.CONTROL_PLANE, "10.42.1.1"),
        metadata.self());
    assertEquals("10.42.0.1:6443", metadata.apiServerEndpoint());
    assertEquals(Optional.of(Told.HASH), metadata.initSecretHash());
  }

  @Test
  void asksForOneInstanceOnceAtALook() throws IOException {
    var _ = metadata.self();

    assertEquals(List.of("GET /self"), host.asked);
  }

  @Test
  void joinsThroughTheLoadBalancerFirstThenEachControlPlane() throws IOException {
    assertEquals(List.of("10.42.0.1:30090", "10.42.1.1:30090"), metadata.joinEndpoints());
  }

  @Test
  void namesAnEndpointOnce() throws IOException {
    host.endpoint = host.ip;

    assertEquals(List.of("10.42.1.1:30090"), metadata.joinEndpoints());
  }

  @Test
  void joinsThroughControlPlanesAloneWhereThereIsNoLoadBalancer() throws IOException {
    host.endpoint = "";

    assertEquals(List.of("10.42.1.1:30090"), metadata.joinEndpoints());
    var e = assertThrows(IOException.class, metadata::apiServerEndpoint);
    assertEquals(
        "metadata service " + host.uri() + "/endpoint: is missing, or give --api-server",
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "lb.example:443, lb.example:6443",
    "fd00::1, [fd00:0:0:0:0:0:0:1]:6443",
    "[fd00::1], [fd00::1]:6443",
    "[fd00::1]:443, [fd00::1]:6443"
  })
  void takesALoadBalancerWithOrWithoutAPort(String endpoint, String api) throws IOException {
    host.endpoint = endpoint;

    assertEquals(api, metadata.apiServerEndpoint());
  }

  @Test
  void nobodyMayInitWhereTheHashIsEmpty() throws IOException {
    assertEquals(Optional.empty(), metadata.initSecretHash());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/self | [] | /self: is not a JSON object",
        "/self | | /self: is empty",
        "/self | {} | Name: is missing, or give --node-name",
        "/self | {\"Name\":\"n\",\"Role\":\"x\",\"VPCIP\":\"1.2.3.4\"} | Role: is not control-plane",
        "/self | {\"Name\":\"n\",\"Role\":\"Worker\",\"VPCIP\":\"host\"} | VPCIP: is not an IP address",
        "/peers | {} | /peers: is not a list",
        "/peers | [1] | /peers: holds something else than objects",
        "/peers | [{\"Role\":\"x\"}] | Role: is neither ControlPlane nor Worker",
        "/peers | [] 1 | /peers: is not well-formed JSON",
        "/endpoint | 7 | /endpoint: is not a JSON string",
        "/endpoint | \"a b\" | /endpoint: is not host:port",
      })
  void namesTheAddressAndWhatIsWrong(String path, String body, String complaint) {
    host.say(path, body == null ? "" : body);

    var e =
        assertThrows(
            IOException.class,
            () -> {
              var _ = metadata.self();
              metadata.joinEndpoints();
            });

    assertTrue(e.getMessage().startsWith("metadata service " + host.uri()), e.getMessage());
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
  }
}
