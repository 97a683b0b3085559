package dev.asterism.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.BootstrapStatus.State;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapStatusTest {
  @TempDir Path directory;

  @Test
  void readsBackWhatItWroteWithAndWithoutACluster() throws IOException {
    Path file = new NodePaths(directory).status();
    var starting = new BootstrapStatus(State.STARTING, "waiting", Role.WORKER, null);
    var joined = new BootstrapStatus(State.JOINED, "", Role.WORKER, Bytes.zeros(32));

    assertEquals(Optional.empty(), BootstrapStatus.read(file));
    starting.write(file);
    assertEquals(Optional.of(starting), BootstrapStatus.read(file));
    joined.write(file);
    assertEquals(Optional.of(joined), BootstrapStatus.read(file));
  }

  @Test
  void refusesAStateItDoesNotKnow() throws IOException {
    Path file =
        Files.writeString(directory.resolve("s"), "{\"state\":\"dreaming\",\"reason\":\"\"}");

    var e = assertThrows(IOException.class, () -> BootstrapStatus.read(file));

    assertTrue(e.getMessage().endsWith("state: is unknown"), e.getMessage());
  }
}
