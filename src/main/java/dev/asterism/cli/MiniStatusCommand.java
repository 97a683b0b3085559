package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the nodes of the cluster. */
@Command(
    name = "status",
    header = "Show the nodes and how they are.",
    description = {
      "States: starting, joined, refused (its evidence was), failed, stopped.",
      "As JSON: {\"clusterId\", \"nodes\": [{\"name\", \"role\", \"state\", \"reason\"}], \"joinConfig\",",
      "\"objects\"}: the running join config, which may be edited, and the cluster's objects.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:there is a cluster, whatever its nodes are",
      "1:there is none",
    })
final class MiniStatusCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  @Mixin private Output output = new Output();

  MiniStatusCommand() {}

  @Override
  public Integer call() throws Exception {
    return new MiniRun(spec.commandLine().getOut(), dir).status(output.json());
  }
}
