package dev.asterism.cli;

import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The root command: version, help, and the list of roles and verbs. */
@Command(
    name = "asterism",
    description = "Attested bootstrapping for confidential Kubernetes.",
    versionProvider = AsterismCommand.Version.class,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success, or accepted",
      "1:refused, or failed",
      "2:usage, or unreadable input",
      "3:undecided: a required check could not be made",
    },
    subcommands = {})
public final class AsterismCommand implements Runnable {
  /** Set, a failure is printed with its stack trace. */
  private static final String DEBUG_PROPERTY = "asterism.debug";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  AsterismCommand() {}

  /**
   * Runs one command line.
   *
   * @param args role or verb, then its arguments; old single-dash flags are understood
   * @return the exit code: 0 success or accepted, 1 refused or failed, 2 usage or unreadable input,
   *     3 undecided
   */
  public static int run(String... args) {
    return commandLine().execute(GoFlags.modernize(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new AsterismCommand())
        .setExecutionExceptionHandler(AsterismCommand::failed)
        .setParameterExceptionHandler(AsterismCommand::misused)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a role or verb is missing");
  }

  private static int failed(Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    if (Boolean.getBoolean(DEBUG_PROPERTY)) {
      failure.printStackTrace(err);
    }
    err.println(name(command) + ": " + oneLine(failure));
    err.flush();
    return ExitCode.FAILURE;
  }

  private static int misused(ParameterException misuse, String[] args) {
    CommandLine command = misuse.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(name(command) + ": " + oneLine(misuse));
    err.println("Try '" + name(command) + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  /** A message of several lines would pass for several failures. */
  private static String oneLine(Exception failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  static final class Version implements IVersionProvider {
    Version() {}

    @Override
    public String[] getVersion() {
      String version = AsterismCommand.class.getPackage().getImplementationVersion();
      return new String[] {"asterism " + Objects.requireNonNullElse(version, "(unpackaged)")};
    }
  }
}
