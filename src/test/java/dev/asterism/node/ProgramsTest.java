package dev.asterism.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final Programs programs = new Programs(Map.of("PATH", "/usr/bin:/bin", "ONLY", "this"));

  private List<String> script(String text) throws IOException {
    Path script = folder.resolve("kubeadm");
    Files.writeString(script, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return List.of(script.toString(), "init", "a b");
  }

  @Test
  void returnsTheOutputAndNothingElse() throws Exception {
    assertEquals("init|a b\n", programs.run(script("echo complaint >&2; echo \"$1|$2\""), LONG));
  }

  @Test
  void givesTheEnvironmentAndNothingElse() throws Exception {
    String said = programs.run(script("/usr/bin/env"), LONG);
    assertTrue(said.contains("ONLY=this\n"), said);
    assertFalse(said.contains("HOME="), said);
  }

  @Test
  void failsWithTheEndOfItsComplaints() throws Exception {
    List<String> line = script("echo the kubeconfig; echo etcd is not well >&2; exit 3");
    String said = assertThrows(IOException.class, () -> programs.run(line, LONG)).getMessage();
    assertTrue(said.endsWith("failed with exit code 3: etcd is not well"), said);
    assertFalse(said.contains("the kubeconfig"), said);
  }

  @Test
  void logsComplaintsAndNoOutput() throws Exception {
    try (var log = new CapturedLog()) {
      var _ = programs.run(script("echo the kubeconfig; echo waiting >&2"), LONG);
      assertTrue(log.text().contains("kubeadm: waiting"), log.text());
      assertFalse(log.text().contains("the kubeconfig"), log.text());
    }
  }

  @Test
  void killsWhatDoesNotEnd() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          List<String> line = script("sleep 60");
          String said =
              assertThrows(IOException.class, () -> programs.run(line, Duration.ofMillis(300)))
                  .getMessage();
          assertTrue(said.contains("did not end within"), said);
        });
  }

  @Test
  void takesNoEndlessOutput() {
    assertTimeoutPreemptively(
        LONG,
        () -> {
          List<String> line =
              script("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done");
          String said =
              assertThrows(IOException.class, () -> programs.run(line, LONG)).getMessage();
          assertTrue(said.contains("writes more than"), said);
        });
  }
}
