package dev.asterism.cli;

import dev.asterism.mini.MiniDir;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A cluster on one machine. */
@Command(
    name = "mini",
    header = MiniCommand.HEADER,
    description = {
      "Starts the same roles that real nodes run, as separate processes on the loopback interface:",
      "every node gets a virtual TPM with a measured boot, proves what it booted, and joins.",
      "Needs no root and no network.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  asterism mini up                            one control plane, two workers",
      "  asterism mini up --tamper worker-2          one node boots something else, and is refused",
      "  asterism mini up --control-planes 3 --workers 5",
      "  asterism mini up --platform azure-sev-snp --forge worker-2",
      "  asterism mini add worker-x --disk-of worker-1    a rogue node, with a copy of a disk",
      "  asterism mini status -o json",
      "  asterism mini stop worker-1; asterism mini start worker-1     a reboot: it asks for its key",
      "  asterism mini stop control-plane-1; asterism mini start control-plane-1; asterism mini recover",
      "  asterism mini down",
    },
    subcommands = {
      MiniUpCommand.class,
      MiniAddCommand.class,
      MiniResetCommand.class,
      MiniRemoveCommand.class,
      MiniStatusCommand.class,
      MiniStopCommand.class,
      MiniStartCommand.class,
      MiniRecoverCommand.class,
      MiniDownCommand.class,
      MiniMetadataCommand.class,
    })
final class MiniCommand implements Runnable {
  static final String HEADER =
      "A whole cluster on this machine: see nodes prove themselves and join.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  MiniCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "up, add, reset, remove, status, stop, start, recover or down is missing");
  }

  /** Where the cluster lives. */
  static final class Dir {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description = "Where the cluster lives (default: ~/.local/state/asterism/mini).")
    private @Nullable Path dir;

    Dir() {}

    MiniDir get() {
      return new MiniDir(dir == null ? defaultDir() : dir);
    }

    /** As it is typed after a command; empty for the default. */
    String argument() {
      return dir == null ? "" : " --dir " + dir;
    }

    private static Path defaultDir() {
      String state = System.getenv("XDG_STATE_HOME");
      Path base =
          state == null || state.isEmpty()
              ? Path.of(System.getProperty("user.home"), ".local", "state")
              : Path.of(state);
      return base.resolve("asterism").resolve("mini");
    }
  }
}
