package dev.asterism.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Formats or unlocks the state disk. The work is done by {@link DiskPrepareRun}. */
@Command(
    name = "prepare",
    header = "Format a new state disk, or unlock the one of a member.",
    description = {
      "Runs in the initramfs, or before anything is mounted. A blank disk is formatted and opened",
      "with a random key. A member's disk is opened with the key that a join-service gives, or, on a",
      "control plane, the one that 'asterism recover' brings; the cluster id is measured again. The",
      "disk's header is copied to memory and verified first, and only the copy is used. What is",
      "neither ours nor blank stays as it is.",
    },
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the disk is open as /dev/mapper/state, or was open already",
      "1:refused or failed; nothing was destroyed",
      "2:usage, or a file that cannot be read",
    })
final class DiskPrepareCommand implements Callable<Integer> {
  @Mixin EvidenceOptions evidence = new EvidenceOptions();
  @Mixin JoinOptions join = new JoinOptions();

  @Option(
      names = "--device",
      required = true,
      paramLabel = "DEV",
      description = "The block device.")
  @SuppressWarnings("NullAway.Init")
  Path device;

  @Option(
      names = "--mapping",
      paramLabel = "NAME",
      defaultValue = "state",
      description = "Its name below /dev/mapper when it is open (default: ${DEFAULT-VALUE}).")
  String mapping = "";

  @Option(
      names = "--integrity",
      paramLabel = "WHEN",
      defaultValue = "required",
      description = {
        "required: a new disk gets an HMAC for each sector, and a disk without is refused; absent:",
        "the other way round; either: new ones get it (default: ${DEFAULT-VALUE}). A new disk with",
        "integrity is wiped, which takes as long as writing all of it."
      })
  dev.asterism.disk.luks.IntegrityRule integrity = dev.asterism.disk.luks.IntegrityRule.REQUIRED;

  @Option(
      names = "--format-foreign",
      description = "Format also a disk that holds something else. All on it is lost.")
  boolean formatForeign;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = "Where the key of a new disk is left, below run/cryptsetup-keys.d.")
  Path root = Path.of("/");

  @Option(
      names = "-v",
      paramLabel = "N",
      defaultValue = "0",
      description = "Log verbosity: -1 debug, 0 information (default), 1 warnings, 2 errors.")
  int verbosity;

  @Mixin final HelpOption help = new HelpOption();

  DiskPrepareCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.json(verbosity);
    return new DiskPrepareRun(this).run();
  }
}
