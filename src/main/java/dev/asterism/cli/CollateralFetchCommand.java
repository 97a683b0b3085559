package dev.asterism.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fetch the certificates and revocation lists of product lines. */
@Command(
    name = "fetch",
    header = "Fetch the certificates and revocation lists of product lines.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all of it is usable", "1:some of it is not"})
final class CollateralFetchCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private CollateralOptions collateral = new CollateralOptions();

  @Option(
      names = "--line",
      required = true,
      paramLabel = "LINE",
      description = "Milan, Genoa or Turin; may be repeated.")
  private List<String> lines = List.of();

  @Option(names = "--vlek", description = "Those of providers' keys too.")
  private boolean vlek;

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  CollateralFetchCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new CollateralRun(spec.commandLine().getOut(), output.json(), collateral)
        .fetch(lines, vlek);
  }
}
