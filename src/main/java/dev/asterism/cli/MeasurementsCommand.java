package dev.asterism.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reference values. */
@Command(
    name = "measurements",
    header = MeasurementsCommand.HEADER,
    sortOptions = false,
    subcommands = {PredictLaunchCommand.class})
final class MeasurementsCommand implements Runnable {
  static final String HEADER = "Compute the reference values of an image.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin final HelpOption help = new HelpOption();

  MeasurementsCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "predict-launch is missing");
  }
}
