package dev.asterism.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdServicesTest {
  @TempDir Path directory;

  @Test
  void startsTheKubeletAndReboots() throws IOException {
    Path said = directory.resolve("said");
    var services = services("for a; do echo \"$a\" >> " + said + "; done", "", 10_000);

    services.startKubelet();
    services.reboot("join failed");

    assertEquals(
        List.of("start", "kubelet.service", "reboot", "--message=join failed"),
        Files.readAllLines(said));
  }

  @Test
  void readsTheJournalLineByLine() throws IOException {
    var services = services("", "echo one; echo two; echo \"$1\"", 10_000);

    try (var journal = services.journal()) {
      assertEquals(List.of("one", "two", "--boot"), journal.toList());
    }
  }

  @Test
  void saysWhatACommandSaidWhenItFails() throws IOException {
    var services = services("echo unit not found >&2; exit 5", "", 10_000);

    var e = assertThrows(IOException.class, services::startKubelet);

    assertTrue(e.getMessage().endsWith("failed with exit code 5: unit not found"), e.getMessage());
  }

  @Test
  void killsACommandThatDoesNotEnd() throws IOException {
    var services = services("sleep 60", "echo one; sleep 60", 300);

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          var e = assertThrows(IOException.class, services::startKubelet);
          assertTrue(e.getMessage().contains("did not end within"), e.getMessage());
          try (var journal = services.journal()) {
            assertEquals(List.of("one"), journal.toList());
          }
        });
  }

  @Test
  void saysThatAToolIsMissing() {
    var services =
        new SystemdServices(
            directory.resolve("none"), directory.resolve("none"), Duration.ofSeconds(1));

    assertThrows(IOException.class, services::startKubelet);
    assertThrows(IOException.class, services::journal);
  }

  private SystemdServices services(String systemctl, String journalctl, long deadlineMillis)
      throws IOException {
    return new SystemdServices(
        script("systemctl", systemctl),
        script("journalctl", journalctl),
        Duration.ofMillis(deadlineMillis));
  }

  private Path script(String name, String body) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
