package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Switches a node off that was added. */
@Command(
    name = "remove",
    header = "Switch a node off that was added, and forget its machine.",
    description = "What the cluster has on record of it stays: see 'asterism admission'.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MiniRemoveCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "For example worker-9.")
  private String node = "";

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  MiniRemoveCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(1);
    return new MiniRun(spec.commandLine().getOut(), dir).remove(node);
  }
}
