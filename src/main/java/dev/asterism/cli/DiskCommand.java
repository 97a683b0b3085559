package dev.asterism.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The state disk of a node. */
@Command(
    name = "disk",
    header = DiskCommand.HEADER,
    sortOptions = false,
    subcommands = DiskPrepareCommand.class)
final class DiskCommand implements Runnable {
  static final String HEADER =
      "Make the node's encrypted state disk ready, before anything uses it.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin final HelpOption help = new HelpOption();

  DiskCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "prepare is missing");
  }
}
