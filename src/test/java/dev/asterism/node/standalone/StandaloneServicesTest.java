package dev.asterism.node.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.BootstrapStatus;
import dev.asterism.node.NodePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneServicesTest {
  @TempDir Path directory;

  private StandaloneServices services(Path log) {
    return new StandaloneServices(new NodePaths(directory), log, () -> Instant.EPOCH);
  }

  @Test
  void aRebootIsAskedForAndThenDone() throws IOException {
    var paths = new NodePaths(directory);
    var services = services(directory.resolve("log"));
    services.startKubelet();
    new BootstrapStatus(BootstrapStatus.State.FAILED, "x", null, null).write(paths.status());

    services.reboot("join failed: no route");

    assertEquals(Optional.of("join failed: no route"), services.rebootRequested());
    assertTrue(Files.exists(paths.standaloneKubelet()));

    services.rebooted();

    assertEquals(Optional.empty(), services.rebootRequested());
    assertFalse(Files.exists(paths.standaloneKubelet()));
    assertEquals(Optional.empty(), BootstrapStatus.read(paths.status()));
  }

  @Test
  void whatItLeavesBehindSaysThatItIsAStandIn() throws IOException {
    services(directory.resolve("log")).startKubelet();

    String left = Files.readString(new NodePaths(directory).standaloneKubelet());
    assertTrue(left.contains("\"by\" : \"standalone services\""), left);
  }

  @Test
  void theJournalIsTheRolesOwnLog() throws IOException {
    Path log = Files.writeString(directory.resolve("log"), "one\ntwo\n");

    try (var journal = services(log).journal()) {
      assertEquals(List.of("one", "two"), journal.toList());
    }
  }

  @Test
  void ofALongLogTheJournalIsTheEndInWholeLines() throws IOException {
    Path log = Files.writeString(directory.resolve("log"), "0123456789\n".repeat(100_000) + "end");

    try (var journal = services(log).journal()) {
      List<String> lines = journal.toList();
      assertEquals("0123456789", lines.getFirst());
      assertEquals("end", lines.getLast());
      assertTrue(lines.size() < 30_000);
    }
  }

  @Test
  void withoutALogTheJournalSaysSo() throws IOException {
    try (var journal = services(directory.resolve("none")).journal()) {
      assertTrue(journal.toList().getFirst().contains("there is no log file"));
    }
  }
}
