package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a machine away for good. */
@Command(
    name = "revoke",
    header = "Never give anything to this node's machine again.",
    description = {
      "The machine may neither join nor rejoin, under any name; the name is free for another one.",
      "What it holds already, as its kubelet's certificate, is not taken from it.",
    },
    sortOptions = false)
final class AdmissionRevokeCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "The node's name.")
  private String node = "";

  @Mixin private AdmissionCommand.Which which = new AdmissionCommand.Which();

  @Mixin private AdmissionCommand.Place place = new AdmissionCommand.Place();

  @Mixin final HelpOption help = new HelpOption();

  AdmissionRevokeCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new AdmissionRun(spec.commandLine().getOut(), place).revoke(node, which.identity);
  }
}
