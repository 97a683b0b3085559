package dev.asterism.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The root command: version, help, and the list of roles and verbs. */
public final class AsterismCommand {
  private static final Map<String, String> EXIT_CODES = new TreeMap<>();

  static {
    EXIT_CODES.put("0", "success, or accepted");
    EXIT_CODES.put("1", "refused, or failed");
    EXIT_CODES.put("2", "usage, or unreadable input");
    EXIT_CODES.put("3", "undecided: a required check could not be made");
  }

  private AsterismCommand() {}

  /**
   * Runs one command line.
   *
   * @param args role or verb, then its arguments; old single-dash flags are understood
   * @return the exit code: 0 success or accepted, 1 refused or failed, 2 usage or unreadable input,
   *     3 undecided
   */
  public static int run(String... args) {
    return commandLineFor(args)
        .setOut(utf8(FileDescriptor.out))
        .setErr(utf8(FileDescriptor.err))
        .execute(GoFlags.modernize(args));
  }

  /** JSON is UTF-8, whatever the locale says. */
  private static PrintWriter utf8(FileDescriptor stream) {
    var bytes = new BufferedOutputStream(new FileOutputStream(stream));
    return new PrintWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8), true);
  }

  /** With as much of the commands as {@code args} need. */
  static CommandLine commandLineFor(String... args) {
    CommandLine root = new CommandLine(root());
    Commands.addTo(root, args);
    return finish(root);
  }

  /** With every command whole. */
  static CommandLine commandLine() {
    CommandLine root = new CommandLine(root());
    Commands.addTo(root);
    return finish(root);
  }

  /** Built by hand, since annotations take their time. */
  private static CommandSpec root() {
    var alone = new Alone();
    CommandSpec spec = CommandSpec.wrapWithoutInspection(alone);
    alone.spec = spec;
    spec.name("asterism").versionProvider(new Version());
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print version information and exit.")
            .build());
    spec.usageMessage()
        .description("Attested bootstrapping for confidential Kubernetes.")
        .sortOptions(false)
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(EXIT_CODES);
    return spec;
  }

  private static CommandLine finish(CommandLine root) {
    return HelpLayout.applyTo(root)
        .setExecutionExceptionHandler(AsterismCommand::failed)
        .setParameterExceptionHandler(AsterismCommand::misused)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static int failed(Exception failure, CommandLine command, ParseResult arguments) {
    Failures.print(command.getErr(), name(command), failure);
    return Failures.exitCode(failure);
  }

  private static int misused(ParameterException misuse, String[] args) {
    CommandLine command = misuse.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(name(command) + ": " + Misuse.words(misuse));
    err.println("Try '" + name(command) + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  /** What happens where no command is named. */
  private static final class Alone implements Runnable {
    private @SuppressWarnings("NullAway.Init") CommandSpec spec;

    @Override
    public void run() {
      throw new ParameterException(spec.commandLine(), "a role or verb is missing");
    }
  }

  private static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = AsterismCommand.class.getPackage().getImplementationVersion();
      return new String[] {"asterism " + Objects.requireNonNullElse(version, "(unpackaged)")};
    }
  }
}
