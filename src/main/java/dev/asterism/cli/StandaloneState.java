package dev.asterism.cli;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.IssueException;
import dev.asterism.bootstrap.DiskPreparation;
import dev.asterism.bootstrap.DiskStatus;
import dev.asterism.disk.StateDisk;
import dev.asterism.disk.StateDiskDevice;
import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.IntegrityRule;
import dev.asterism.disk.luks.LuksDevice;
import dev.asterism.disk.luks.LuksFormat;
import dev.asterism.disk.luks.LuksStateDisk;
import dev.asterism.disk.standalone.FileDevice;
import dev.asterism.disk.standalone.StandaloneDevice;
import dev.asterism.disk.standalone.StandaloneDisk;
import dev.asterism.node.Metadata;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeStateFile;
import dev.asterism.node.standalone.StandaloneServices;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The state disk of a node that is a directory: a LUKS2 file, made, unlocked and re-keyed by the
 * code of real disks; its data lie beside it, unencrypted. Without libcryptsetup a stand-in.
 */
final class StandaloneState implements NodeMachine {
  private static final System.Logger LOG = System.getLogger(StandaloneState.class.getName());

  private final BootstrapCommand command;
  private final NodePaths paths;
  private final StandaloneServices services;
  private final SecureRandom random;
  private final @Nullable Cryptsetup cryptsetup;

  StandaloneState(BootstrapCommand command, SecureRandom random, InstantSource clock) {
    this.command = command;
    this.random = random;
    this.paths = new NodePaths(command.root);
    this.services =
        new StandaloneServices(
            paths,
            StandaloneServices.logFile(command.root.resolve("var/log/bootstrap.log")),
            clock);
    this.cryptsetup = cryptsetup();
  }

  private static @Nullable Cryptsetup cryptsetup() {
    try {
      Cryptsetup loaded = Cryptsetup.load();
      LOG.log(
          Level.INFO,
          "standalone disk: a LUKS2 file; there is no device-mapper here, so its data lie"
              + " unencrypted beside it");
      return loaded;
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "standalone disk: a stand-in that encrypts nothing, because {0}",
          e.getMessage());
      return null;
    }
  }

  @Override
  public NodePaths paths() {
    return paths;
  }

  @Override
  public StandaloneServices services() {
    return services;
  }

  /**
   * What happens at a boot before bootstrapping. A role that is started again within one boot finds
   * what it left.
   */
  void prepare(Metadata metadata, @Nullable PeerVerification joinServices)
      throws IOException, MalformedException, IssueException, InterruptedException {
    boolean reboot = services.rebootRequested().isPresent();
    try (StateDiskDevice device = device()) {
      boolean opened = device.open() || !command.evidence.register().read().isAllZero();
      if (opened && !reboot) {
        return;
      }
      var status = new DiskStatus(paths.status());
      var _ =
          new DiskPreparation(
                  device,
                  command.evidence.register(),
                  disk ->
                      command
                          .join
                          .unlock(metadata, command.evidence, joinServices, status, random)
                          .run(disk),
                  () -> new NodeStateFile(paths.nodeState()).read())
              .run();
    }
    if (reboot) {
      services.rebooted();
    }
  }

  @Override
  public StateDisk disk() throws IOException {
    return cryptsetup == null
        ? StandaloneDisk.open(paths.standaloneDisk(), paths.stateDiskKey(), random)
        : LuksStateDisk.open(
            cryptsetup,
            paths.standaloneDevice(),
            paths.stateDiskKey(),
            IntegrityRule.EITHER,
            LuksFormat.cheap());
  }

  private StateDiskDevice device() throws IOException {
    if (cryptsetup == null) {
      return new StandaloneDevice(
          paths.standaloneDisk(), paths.stateDiskKey(), paths.stateDiskContents(), random);
    }
    LuksDevice.createFile(paths.standaloneDevice());
    return new FileDevice(
        new LuksDevice(
            cryptsetup,
            new LuksDevice.Settings(
                paths.standaloneDevice(),
                paths.stateDiskKey(),
                null,
                IntegrityRule.EITHER,
                LuksFormat.cheap(),
                false),
            random),
        paths.stateDiskContents());
  }
}
