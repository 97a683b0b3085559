package dev.asterism.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Attestation configs. */
@Command(
    name = "config",
    header = ConfigCommand.HEADER,
    sortOptions = false,
    subcommands = {ConfigGenerateCommand.class, ConfigValidateCommand.class})
final class ConfigCommand implements Runnable {
  static final String HEADER = "Write an attestation config to start from, or check one.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin final HelpOption help = new HelpOption();

  ConfigCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "generate or validate is missing");
  }
}
