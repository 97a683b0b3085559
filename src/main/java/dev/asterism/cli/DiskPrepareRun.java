package dev.asterism.cli;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.bootstrap.DiskPreparation;
import dev.asterism.bootstrap.DiskStatus;
import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.IntegrityRule;
import dev.asterism.disk.luks.LuksDevice;
import dev.asterism.disk.luks.LuksFormat;
import dev.asterism.disk.luks.ProcessMemory;
import dev.asterism.node.Metadata;
import dev.asterism.node.NodePaths;
import dev.asterism.node.StateFileSystem;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/** Wires what prepares a state disk, and runs it. */
final class DiskPrepareRun {
  private static final System.Logger LOG = System.getLogger(DiskPrepareRun.class.getName());

  private final DiskPrepareCommand command;

  DiskPrepareRun(DiskPrepareCommand command) {
    this.command = command;
  }

  int run() throws Exception {
    ProcessMemory.protect();
    var random = new SecureRandom();
    var paths = new NodePaths(command.root);
    try (var device = new LuksDevice(Cryptsetup.load(), settings(paths), random)) {
      if (device.open()) {
        LOG.log(Level.INFO, "/dev/mapper/{0} is open already", command.mapping);
        return ExitCode.SUCCESS;
      }
      ClusterRegister register = command.evidence.register();
      DiskPreparation.Outcome outcome =
          new DiskPreparation(
                  device,
                  register,
                  disk -> {
                    // A new disk needs nothing of the network and the host's word.
                    Metadata metadata = command.join.metadata(command.evidence);
                    return command
                        .join
                        .unlock(
                            metadata,
                            command.evidence,
                            command.join.joinServices(command.evidence, InstantSource.system()),
                            new DiskStatus(paths.status()),
                            random)
                        .run(disk);
                  },
                  () ->
                      new StateFileSystem(Path.of("/dev/mapper", command.mapping)).readNodeState())
              .run();
      LOG.log(Level.INFO, "state disk: {0}, open as {1}", outcome, command.mapping);
      return ExitCode.SUCCESS;
    }
  }

  private LuksDevice.Settings settings(NodePaths paths) {
    return new LuksDevice.Settings(
        command.device,
        paths.stateDiskKey(),
        command.mapping,
        command.integrity,
        LuksFormat.standard(command.integrity != IntegrityRule.ABSENT),
        command.formatForeign);
  }
}
