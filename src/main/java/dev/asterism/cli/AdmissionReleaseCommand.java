package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets go of a machine. */
@Command(
    name = "release",
    header = "Forget which machine this node is, so that another may take its name.",
    description = {
      "For a VM that was replaced or lost. The machine may join again as something new; the keys",
      "of its disks stay nobody else's. What Kubernetes holds of the node is not touched.",
    },
    sortOptions = false)
final class AdmissionReleaseCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "The node's name.")
  private String node = "";

  @Option(
      names = "--with-disks",
      description = "Let another machine have the keys of its disks: to move a disk to it.")
  private boolean withDisks;

  @Mixin private AdmissionCommand.Which which = new AdmissionCommand.Which();

  @Mixin private AdmissionCommand.Place place = new AdmissionCommand.Place();

  @Mixin final HelpOption help = new HelpOption();

  AdmissionReleaseCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new AdmissionRun(spec.commandLine().getOut(), place)
        .release(node, which.identity, withDisks);
  }
}
