package dev.asterism.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what is inside bundles, unverified. */
@Command(
    name = "show",
    header = "Print what is inside an evidence bundle, without judging it.",
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = "  asterism evidence show saved/node-1")
final class EvidenceShowCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders, each one bundle.")
  private List<String> bundles = List.of();

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  EvidenceShowCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new EvidenceRun(spec.commandLine().getOut(), output.json(), Vendors.NONE)
        .show(bundles, spec.commandLine().getErr());
  }
}
