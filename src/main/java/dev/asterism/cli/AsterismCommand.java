package dev.asterism.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
    subcommands = {
      MiniCommand.class,
      InitCommand.class,
      VerifyCommand.class,
      EvidenceCommand.class,
      BootstrapCommand.class,
      JoinServiceCommand.class,
      KeyServiceCommand.class,
      VerifyServiceCommand.class,
    })
public final class AsterismCommand implements Runnable {
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
    return commandLine()
        .setOut(utf8(FileDescriptor.out))
        .setErr(utf8(FileDescriptor.err))
        .execute(GoFlags.modernize(args));
  }

  /** JSON is UTF-8, whatever the locale says. */
  private static PrintWriter utf8(FileDescriptor stream) {
    var bytes = new BufferedOutputStream(new FileOutputStream(stream));
    return new PrintWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8), true);
  }

  static CommandLine commandLine() {
    return HelpLayout.applyTo(new CommandLine(new AsterismCommand()))
        .setExecutionExceptionHandler(AsterismCommand::failed)
        .setParameterExceptionHandler(AsterismCommand::misused)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a role or verb is missing");
  }

  private static int failed(Exception failure, CommandLine command, ParseResult arguments) {
    Failures.print(command.getErr(), name(command), failure);
    return Failures.exitCode(failure);
  }

  private static int misused(ParameterException misuse, String[] args) {
    CommandLine command = misuse.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(name(command) + ": " + Failures.oneLine(misuse));
    err.println("Try '" + name(command) + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
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
