package dev.asterism.mini;

import dev.asterism.device.Tpm;
import dev.asterism.device.Tpms;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The swtpm process of a node: its vTPM, which lives as long as the machine is on. */
final class Swtpm {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final Processes processes;

  Swtpm(Processes processes) {
    this.processes = processes;
  }

  /** Whether the machine has the program. */
  static boolean installed() {
    String path = System.getenv("PATH");
    return Stream.of((path == null ? "" : path).split(":", -1))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "swtpm")));
  }

  /** Starts it with an empty state and waits until it answers. */
  Tpm start(NodePlan node, Path state) throws IOException {
    Files.createDirectories(
        state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    processes.startForeign(
        node.name(),
        "swtpm",
        List.of(
            "socket",
            "--tpm2",
            "--tpmstate",
            "dir=" + state + ",mode=0600",
            "--server",
            "type=tcp,bindaddr=127.0.0.1,port=" + node.port(Ports.TPM),
            "--ctrl",
            "type=tcp,bindaddr=127.0.0.1,port=" + node.port(Ports.TPM_CONTROL),
            "--flags",
            "not-need-init,startup-clear"));
    return await(node);
  }

  private static Tpm await(NodePlan node) throws IOException {
    Tpm tpm;
    try {
      tpm = Tpms.open(uri(node));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      try {
        tpm.open().close();
        return tpm;
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw new IOException("swtpm of " + node.name() + " does not answer; see its log", e);
        }
        Pause.millis(50);
      }
    }
  }

  static String uri(NodePlan node) {
    return "swtpm:" + node.address(Ports.TPM);
  }
}
