package dev.asterism.node.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileSourceTest {
  private static final String WHOLE =
      """
      {"name": "Node_1", "providerId": "qemu:///1", "role": "control-plane", "ip": "10.42.1.1",
       "joinEndpoints": ["10.42.0.1:30090", "[fd00::1]:9090"],
       "apiServerEndpoint": "cluster.example:6443", "initSecretHash": "HASH"}
      """
          .replace("HASH", Told.HASH);

  @TempDir Path directory;
  private Path file;
  private Metadata metadata;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("metadata.json"), WHOLE);
    metadata = Told.by(new FileSource(file));
  }

  @Test
  void readsEveryMember() throws IOException {
    assertEquals(
        new Metadata.Instance("node-1", "qemu:///1", Role.CONTROL_PLANE, "10.42.1.1"),
        metadata.self());
    assertEquals(List.of("10.42.0.1:30090", "[fd00::1]:9090"), metadata.joinEndpoints());
    assertEquals("cluster.example:6443", metadata.apiServerEndpoint());
    assertEquals(Optional.of(Told.HASH), metadata.initSecretHash());
  }

  @Test
  void seesAChangeAtTheNextCall() throws IOException {
    Files.writeString(
        file,
        """
        {"name": "n", "role": "worker", "ip": "10.42.1.1", "apiServerEndpoint": "a:1",
         "joinEndpoints": ["b:2"], "initSecretHash": "  "}
        """);

    assertEquals(List.of("b:2"), metadata.joinEndpoints());
    assertEquals(Optional.empty(), metadata.initSecretHash());
    assertEquals(new Metadata.Instance("n", "", Role.WORKER, "10.42.1.1"), metadata.self());
  }

  @Test
  void hasNoEndpointsAndNoInitSecretWhereTheFileNamesNone() throws IOException {
    Files.writeString(file, "{\"joinEndpoints\": []}");

    assertEquals(List.of(), metadata.joinEndpoints());
    assertEquals(Optional.empty(), metadata.initSecretHash());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"Node_1\" | \"a b\" | name: is not an RFC 1123 name",
        "\"Node_1\" | \"-a\" | name: is not an RFC 1123 name",
        "\"Node_1\" | 7 | name: is not a string",
        "\"control-plane\" | \"boss\" | role: is not control-plane or worker",
        "\"10.42.1.1\" | \"localhost\" | ip: is not an IP address",
        "10.42.0.1:30090 | 10.42.0.1 | joinEndpoints[0]: is not host:port",
        "10.42.0.1:30090 | 10.42.0.1:0 | joinEndpoints[0]: has a port out of range",
        "10.42.0.1:30090 | 10.42.0.1:x | joinEndpoints[0]: has no port number",
        "10.42.0.1:30090 | user@host:1 | joinEndpoints[0]: is not host:port",
        "cluster.example:6443 | cluster..example | apiServerEndpoint: is not host:port",
        "[\"10.42.0.1:30090\", \"[fd00::1]:9090\"] | 7 | joinEndpoints: is not a list",
        "[\"10.42.0.1:30090\", \"[fd00::1]:9090\"] | [7] | joinEndpoints[0]: is not a string",
        "$2a$10$ | $2a$17$ | initSecretHash: is not a bcrypt hash of cost 4 to 16",
        "\"providerId\" | \"providerID\" | providerID: is not a member of a metadata file",
      })
  void namesTheFileAndTheMemberThatIsWrong(String good, String bad, String complaint)
      throws IOException {
    Files.writeString(file, WHOLE.replace(good, bad));

    var e =
        assertThrows(
            IOException.class,
            () -> {
              metadata.self();
              metadata.joinEndpoints();
              metadata.apiServerEndpoint();
              metadata.initSecretHash();
            });

    assertEquals(file + ": " + complaint, e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"name, --node-name", "role, --node-role", "ip, --node-ip"})
  void saysWhichMemberIsMissing(String member, String flag) throws IOException {
    Files.writeString(file, WHOLE.replaceFirst("\"" + member + "\": \"[^\"]*\",", ""));

    var e = assertThrows(IOException.class, metadata::self);

    assertEquals(file + ": " + member + ": is missing, or give " + flag, e.getMessage());
  }

  @Test
  void saysThatTheFileIsMissing() throws IOException {
    Files.delete(file);

    var e = assertThrows(IOException.class, metadata::self);

    assertTrue(e.getMessage().contains("there is no metadata file " + file), e.getMessage());
  }
}
