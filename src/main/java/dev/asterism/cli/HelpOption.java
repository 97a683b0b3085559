package dev.asterism.cli;

import picocli.CommandLine.Option;

/** {@code --help} of a command below the root, which alone has a version. */
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean asked;

  HelpOption() {}
}
