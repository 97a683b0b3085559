package dev.asterism.node.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.testing.hosts.FakeQemuHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatedMetadataTest {
  private static final Map<Field, String> ALL =
      Map.of(
          Field.NAME, "Node_1",
          Field.ROLE, "worker",
          Field.IP, "10.0.0.1",
          Field.PROVIDER_ID, "x://1",
          Field.API_SERVER, "lb.example",
          Field.JOIN_ENDPOINTS, "a:1, b:2,a:1",
          Field.INIT_SECRET_HASH, Told.HASH);

  private static Metadata flags(Map<Field, String> given) {
    var flags = new FlagSource(given);
    return new StatedMetadata(flags, flags);
  }

  private static Metadata with(Field field, String text) {
    Map<Field, String> given = new EnumMap<>(ALL);
    given.put(field, text);
    return flags(given);
  }

  private interface Call {
    Object get() throws IOException;
  }

  private static void assertFails(String message, Call call) {
    assertEquals(message, assertThrows(IOException.class, call::get).getMessage());
  }

  @Test
  void whereFlagsSayAllNobodyElseIsAsked() throws IOException {
    var metadata =
        new StatedMetadata(new FlagSource(ALL), new FileSource(Path.of("/there/is/none")));

    assertEquals(
        new Metadata.Instance("node-1", "x://1", Role.WORKER, "10.0.0.1"), metadata.self());
    assertEquals("lb.example:6443", metadata.apiServerEndpoint());
    assertEquals(List.of("a:1", "b:2"), metadata.joinEndpoints());
    assertEquals(Optional.of(Told.HASH), metadata.initSecretHash());
  }

  @Test
  void aFlagCountsMoreThanTheHost() throws IOException {
    try (var host = new FakeQemuHost()) {
      var metadata =
          new StatedMetadata(
              new FlagSource(Map.of(Field.ROLE, "worker", Field.IP, "10.0.0.9")),
              Provider.QEMU.source(host.uri()));

      assertEquals(
          new Metadata.Instance(
              "control-plane-0", "qemu:///hostname/Control_Plane-0", Role.WORKER, "10.0.0.9"),
          metadata.self());
    }
  }

  @Test
  void saysWhichFlagIsMissing() {
    assertFails("--node-name: is missing; give the node's name, RFC 1123", flags(Map.of())::self);
    assertFails(
        "--api-server: is missing; give HOST or HOST:PORT of the Kubernetes API",
        flags(Map.of())::apiServerEndpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "-a", "a-", "a..b", "ä", "a\u0007b", "a\nb", "a/b", "a:b", "${x}", "%s"})
  void takesNoNameThatKubernetesWouldNotTake(String name) {
    assertFails(
        "--node-name: is not an RFC 1123 name; give the node's name, RFC 1123",
        with(Field.NAME, name)::self);
  }

  @Test
  void takesNoNameThatIsTooLong() {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertFails(
        "--node-name: is longer than 253 characters; give the node's name, RFC 1123",
        with(Field.NAME, longest + "a")::self);
    assertFails(
        "--node-name: is not an RFC 1123 name; give the node's name, RFC 1123",
        with(Field.NAME, label + "a")::self);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "10.1",
        "10",
        "010.0.0.1",
        "fe80::1%lo",
        "[::1]",
        "1.2.3.4/8",
        "0x7f.1"
      })
  void takesNoAddressThatIsNone(String ip) {
    assertFails(
        "--node-ip: is not an IP address; give the node's address in the cluster",
        with(Field.IP, ip)::self);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "224.0.0.1", "ff02::1"})
  void takesNoAddressOfEverybody(String ip) {
    assertFails(
        "--node-ip: is not the IP address of one host; give the node's address in the cluster",
        with(Field.IP, ip)::self);
  }

  @ParameterizedTest
  @CsvSource({
    "lb, lb:6443, lb:30090",
    "lb:7, lb:7, lb:30090",
    "10.0.0.1, 10.0.0.1:6443, 10.0.0.1:30090",
    "fd00::1, [fd00:0:0:0:0:0:0:1]:6443, [fd00:0:0:0:0:0:0:1]:30090",
    "[fd00::1], [fd00::1]:6443, [fd00::1]:30090",
    "[fd00::1]:7, [fd00::1]:7, [fd00::1]:30090",
  })
  void joinsAtTheApiServersHostWhereNothingElseIsSaid(String said, String api, String join)
      throws IOException {
    Metadata metadata = flags(Map.of(Field.API_SERVER, said));

    assertEquals(api, metadata.apiServerEndpoint());
    assertEquals(List.of(join), metadata.joinEndpoints());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lb:0 | has a port out of range",
        "lb:65536 | has a port out of range",
        "lb: | has no port number",
        "lb:+1 | has no port number",
        "lb:1a | has no port number",
        ":1 | is not host:port",
        "user@lb:1 | is not host:port",
        "a b | is not host:port",
        "http://lb:1 | is not an IP address",
        "[lb]:1 | is not host:port",
        "[::zz]:1 | is not an IP address",
        "[::1]x:1 | is not host:port",
        "::1%lo | is not an IP address",
      })
  void takesNoEndpointThatIsNone(String endpoint, String complaint) {
    Metadata metadata = flags(Map.of(Field.API_SERVER, endpoint));

    String message = assertThrows(IOException.class, metadata::apiServerEndpoint).getMessage();

    assertTrue(message.startsWith("--api-server: " + complaint + ";"), message);
  }

  @Test
  void saysWhichJoinEndpointIsWrong() {
    assertFails(
        "--join-endpoints[1]: is not host:port; give HOST:PORT of join-services, with commas",
        with(Field.JOIN_ENDPOINTS, "a:1,b")::joinEndpoints);
    assertFails(
        "--join-endpoints: has more than 64 endpoints; give HOST:PORT of join-services, with"
            + " commas",
        with(Field.JOIN_ENDPOINTS, "a:1" + ",a:1".repeat(64))::joinEndpoints);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "$2a$10$x", "$2a$17$"})
  void takesNoHashThatCouldNeverMatch(String hash) {
    assertFails(
        "--init-secret-hash-file: is not a bcrypt hash of cost 4 to 16; give the bcrypt hash of the"
            + " init secret",
        with(Field.INIT_SECRET_HASH, hash)::initSecretHash);
  }

  @Test
  void takesNoProviderIdThatIsMoreThanOneWord() {
    assertFails(
        "--provider-id: is not one printable word; give Kubernetes' provider id",
        with(Field.PROVIDER_ID, "a b")::self);
  }
}
