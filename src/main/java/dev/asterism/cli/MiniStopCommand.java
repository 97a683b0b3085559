package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Switches one node off. */
@Command(
    name = "stop",
    header = "Switch a node off; its disk and its TPM keep what they hold.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MiniStopCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  @Parameters(paramLabel = "NODE", description = "For example worker-1.")
  private String node = "";

  MiniStopCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(1);
    return new MiniRun(spec.commandLine().getOut(), dir).stop(node);
  }
}
