package dev.asterism;

import dev.asterism.cli.AsterismCommand;

/** Entry point of every role and verb; the first argument picks one. */
public final class Main {
  private Main() {}

  /**
   * Runs one command and exits with its code.
   *
   * @param args role or verb, then its arguments
   */
  public static void main(String[] args) {
    System.exit(AsterismCommand.run(args));
  }
}
