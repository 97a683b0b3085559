package dev.asterism.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copy what is genuine into a folder, to be carried elsewhere. */
@Command(
    name = "export",
    header = "Copy what is genuine into a folder, to be carried elsewhere.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all of it is usable", "1:some of it is not"})
final class CollateralExportCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private CollateralOptions collateral = new CollateralOptions();

  @Parameters(paramLabel = "DIR", description = "A folder of its own.")
  private Path folder = Path.of("");

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  CollateralExportCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return CollateralRun.of(spec.commandLine().getOut(), output.json(), collateral).give(folder);
  }
}
