package dev.asterism.cli;

import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.IntegrityRule;
import dev.asterism.disk.luks.LuksFormat;
import dev.asterism.disk.luks.LuksStateDisk;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;
import dev.asterism.node.SystemdServices;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.time.Duration;

/** A machine of its own: systemd, and the state disk that {@code disk prepare} has opened. */
final class BootedMachine implements NodeMachine {
  private static final Duration COMMAND = Duration.ofMinutes(1);

  private final NodePaths paths;
  private final LuksStateDisk disk;
  private final NodeServices services;

  /**
   * @throws MalformedException if an option is missing or wrong
   * @throws IOException if the disk is not open, or not as it must be
   */
  BootedMachine(BootstrapCommand command) throws IOException, MalformedException {
    if (command.stateDisk == null || command.stateDisk.toString().isEmpty()) {
      throw new MalformedException(
          "--state-disk",
          "is needed: the block device that 'disk prepare' has opened (on a machine without, as in"
              + " mini: --standalone)");
    }
    paths = new NodePaths(command.root);
    disk =
        LuksStateDisk.open(
            Cryptsetup.load(),
            command.stateDisk,
            paths.stateDiskKey(),
            command.integrity,
            LuksFormat.standard(command.integrity != IntegrityRule.ABSENT));
    services =
        new SystemdServices(
            command.root.resolve("usr/bin/systemctl"),
            command.root.resolve("usr/bin/journalctl"),
            COMMAND);
  }

  @Override
  public NodePaths paths() {
    return paths;
  }

  @Override
  public NodeServices services() {
    return services;
  }

  @Override
  public LuksStateDisk disk() {
    return disk;
  }
}
