package dev.asterism.cli;

import dev.asterism.atls.PeerVerification;
import dev.asterism.disk.StateDisk;
import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.IntegrityRule;
import dev.asterism.disk.luks.LuksFormat;
import dev.asterism.disk.luks.LuksStateDisk;
import dev.asterism.node.Metadata;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;
import dev.asterism.node.SystemdServices;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A machine of its own: systemd, and the state disk that {@code disk prepare} has opened. */
final class BootedMachine implements NodeMachine {
  private final BootstrapCommand command;
  private final NodePaths paths;

  BootedMachine(BootstrapCommand command) {
    this.command = command;
    this.paths = new NodePaths(command.root);
  }

  @Override
  public NodePaths paths() {
    return paths;
  }

  @Override
  public NodeServices services() {
    return new SystemdServices();
  }

  @Override
  public void prepare(Metadata metadata, @Nullable PeerVerification joinServices) {
    // A unit of its own has run before this one.
  }

  @Override
  public StateDisk disk() throws IOException, MalformedException {
    if (command.stateDisk == null || command.stateDisk.toString().isEmpty()) {
      throw new MalformedException("--state-disk", "is needed: the device that the state lies on");
    }
    return LuksStateDisk.open(
        Cryptsetup.load(),
        command.stateDisk,
        paths.stateDiskKey(),
        command.integrity,
        LuksFormat.standard(command.integrity != IntegrityRule.ABSENT));
  }
}
