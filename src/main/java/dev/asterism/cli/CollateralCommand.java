package dev.asterism.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Vendors' certificates and revocation lists. */
@Command(
    name = "collateral",
    header = CollateralCommand.HEADER,
    description = {
      "What vendors say of their hardware, and evidence does not bring, is fetched when it is"
          + " needed",
      "and kept. These verbs fetch it beforehand, and carry it to where there is no network.",
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  asterism collateral fetch --line Milan --line Genoa",
      "  asterism collateral export /media/usb/collateral",
      "  asterism collateral import /media/usb/collateral",
      "  asterism collateral status -o json",
    },
    subcommands = {
      CollateralFetchCommand.class,
      CollateralImportCommand.class,
      CollateralExportCommand.class,
      CollateralStatusCommand.class,
    })
final class CollateralCommand implements Runnable {
  static final String HEADER = "Fetch vendors' certificates, carry them, see what is there.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin final HelpOption help = new HelpOption();

  CollateralCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "fetch, import, export or status is missing");
  }
}
