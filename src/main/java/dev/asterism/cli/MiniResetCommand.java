package dev.asterism.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Switches a node off and on again. */
@Command(
    name = "reset",
    header = "Switch a node off and on again with an empty disk: it must join again.",
    description = "Returns when the node has joined again, or was refused and why.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MiniResetCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "For example worker-1.")
  private String node = "";

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "5m",
      converter = DurationConverter.class,
      description = "Give up after this long, for example 90s (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  MiniResetCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(1);
    return new MiniRun(spec.commandLine().getOut(), dir).reset(node, timeout);
  }
}
