package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says yes to a machine that waits. */
@Command(
    name = "approve",
    header = "Admit the machine that waits to become this node.",
    description = {
      "Admits exactly the machine that waits, with the name and the disk that it asked for; its",
      "next try succeeds. Where several wait under one name, --identity says which.",
    },
    sortOptions = false)
final class AdmissionApproveCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "The node's name.")
  private String node = "";

  @Mixin private AdmissionCommand.Which which = new AdmissionCommand.Which();

  @Mixin private AdmissionCommand.Place place = new AdmissionCommand.Place();

  @Mixin final HelpOption help = new HelpOption();

  AdmissionApproveCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new AdmissionRun(spec.commandLine().getOut(), place).approve(node, which.identity);
  }
}
