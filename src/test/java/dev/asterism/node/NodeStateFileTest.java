package dev.asterism.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.NodeStateFile.NodeState;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeStateFileTest {
  private static final Bytes SALT = Bytes.concat(Bytes.zeros(31), Bytes.of(new byte[] {7}));

  @TempDir Path directory;

  @Test
  void writesExactlyWhatOldNodesRead() throws IOException {
    Path file = new NodePaths(directory).nodeState();

    new NodeStateFile(file).write(new NodeState(Role.CONTROL_PLANE, SALT));

    assertEquals(
        "{\"Role\":\"ControlPlane\",\"MeasurementSalt\":\"" + SALT.base64() + "\"}",
        Files.readString(file));
    assertEquals(directory.resolve("run/state/constellation/node_state.json"), file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    var file = new NodeStateFile(directory.resolve("state.json"));
    var worker = new NodeState(Role.WORKER, SALT);

    assertEquals(Optional.empty(), file.read());
    file.write(worker);
    assertEquals(Optional.of(worker), file.read());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"Role\":\"Worker\"} | MeasurementSalt: is missing",
        "{\"Role\":\"Worker\",\"MeasurementSalt\":\"AAAA\"} | MeasurementSalt: must have 32 bytes",
        "{\"Role\":\"Worker\",\"MeasurementSalt\":\"!\"} | MeasurementSalt: is not standard base64",
        "{\"Role\":\"worker\",\"MeasurementSalt\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"} | Role: is neither",
        "[] | node state: is not a JSON object",
        "{\"Role\" | node state: is not well-formed JSON",
      })
  void namesTheFileAndWhatIsWrongWithIt(String content, String complaint) throws IOException {
    Path file = Files.writeString(directory.resolve("state.json"), content);

    var e = assertThrows(IOException.class, () -> new NodeStateFile(file).read());

    assertTrue(e.getMessage().startsWith(file + ": " + complaint), e.getMessage());
  }
}
