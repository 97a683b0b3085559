package dev.asterism.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings back control planes that wait for their disks' keys. */
@Command(
    name = "recover",
    header = "Bring the master secret to the control planes that wait for it.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:one or more are recovered", "1:none waits, or none could be recovered"})
final class MiniRecoverCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description = "Wait this long for the nodes to be members again (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  MiniRecoverCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(1);
    return new MiniRun(spec.commandLine().getOut(), dir).recover(timeout);
  }
}
