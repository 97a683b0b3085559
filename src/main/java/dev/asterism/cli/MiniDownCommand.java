package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Ends the cluster. */
@Command(
    name = "down",
    header = "End the cluster's processes; its files stay.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MiniDownCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  MiniDownCommand() {}

  @Override
  public Integer call() throws Exception {
    return new MiniRun(spec.commandLine().getOut(), dir).down();
  }
}
