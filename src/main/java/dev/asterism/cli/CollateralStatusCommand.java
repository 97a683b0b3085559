package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** List what is kept, and until when it counts. */
@Command(
    name = "status",
    header = "List what is kept, and until when it counts.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all of it is usable", "1:some of it is not"})
final class CollateralStatusCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private CollateralOptions collateral = new CollateralOptions();

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  CollateralStatusCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return CollateralRun.of(spec.commandLine().getOut(), output.json(), collateral).status();
  }
}
