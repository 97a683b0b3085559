package dev.asterism.cli;

import picocli.CommandLine.Option;

/** How a verb prints its result. */
final class Output {
  /** The forms; written in lower case on the command line. */
  enum Format {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text (for people) or json (stable, documented). Default: ${DEFAULT-VALUE}.")
  private Format format = Format.text;

  Output() {}

  boolean json() {
    return format == Format.json;
  }
}
