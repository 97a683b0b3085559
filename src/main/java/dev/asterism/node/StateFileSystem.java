package dev.asterism.node;

import dev.asterism.node.NodeStateFile.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The state disk's file system before anybody mounts it for use. */
public final class StateFileSystem {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Path STATE = Path.of("constellation", "node_state.json");

  private final Path device;

  /**
   * @param device the mapped disk
   */
  public StateFileSystem(Path device) {
    this.device = device;
  }

  /**
   * Mounts it for a moment, where nothing of it can run, and reads the node state.
   *
   * @throws IOException if there is no file system, or the state cannot be read
   */
  public Optional<NodeState> readNodeState() throws IOException {
    Path point = Files.createTempDirectory("asterism-state");
    try {
      new Command(
              List.of(
                  "/usr/bin/mount",
                  "-o",
                  "ro,nosuid,nodev,noexec",
                  device.toString(),
                  point.toString()),
              DEADLINE)
          .run();
      try {
        return new NodeStateFile(point.resolve(STATE)).read();
      } finally {
        new Command(List.of("/usr/bin/umount", point.toString()), DEADLINE).run();
      }
    } finally {
      Files.delete(point);
    }
  }
}
