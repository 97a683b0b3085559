package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressFileTest {
  @TempDir Path directory;

  @Test
  void readsBackWhatItWrote() throws IOException {
    var file = new ProgressFile(directory.resolve("a/progress.json"));
    var complete = new Progress(Progress.Phase.COMPLETE, Bytes.zeros(32), Role.WORKER);

    assertEquals(Optional.empty(), file.read());
    file.write(new Progress(Progress.Phase.STARTED, Bytes.zeros(32), Role.WORKER));
    file.write(complete);
    assertEquals(Optional.of(complete), file.read());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"phase\":\"complete\",\"clusterId\":\"00\"}",
        "{\"phase\":\"done\",\"clusterId\":\"00\",\"role\":\"Worker\"}",
        "{\"phase\":\"complete\",\"clusterId\":\"0\",\"role\":\"Worker\"}",
      })
  void aFileThatIsWrongIsAnErrorThatNamesIt(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("p"), content);

    var e = assertThrows(IOException.class, () -> new ProgressFile(file).read());

    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
  }
}
