package dev.asterism.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.RandomChanges;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that something else wrote, or broke: they are read, or an error names them. */
class ChangedFilesTest {
  @TempDir Path directory;

  private interface Reader {
    void read() throws IOException;
  }

  private static void assertReadOrNamed(Path file, Reader reader) throws IOException {
    RandomChanges.of(
        Files.readAllBytes(file),
        changed -> {
          Files.write(file, changed);
          try {
            reader.read();
          } catch (IOException e) {
            assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
          }
        });
  }

  @Test
  void aNodeState() throws IOException {
    Path file = directory.resolve("node_state.json");
    var state = new NodeStateFile(file);
    state.write(new NodeStateFile.NodeState(Role.WORKER, Bytes.zeros(32)));

    assertReadOrNamed(file, state::read);
  }

  @Test
  void aStatus() throws IOException {
    Path file = directory.resolve("status.json");
    new BootstrapStatus(BootstrapStatus.State.JOINED, "x", Role.WORKER, Bytes.zeros(32))
        .write(file);

    assertReadOrNamed(file, () -> BootstrapStatus.read(file));
  }
}
