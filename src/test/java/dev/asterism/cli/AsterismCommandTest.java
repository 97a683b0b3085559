package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class AsterismCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine root =
      AsterismCommand.commandLine()
          .addSubcommand(new Failing())
          .setOut(new PrintWriter(out))
          .setErr(new PrintWriter(err));

  @Test
  void helpAndVersionSucceedOnStandardOutput() {
    assertEquals(0, root.execute("--help"));
    assertEquals(0, root.execute("--version"));

    assertTrue(out.toString().contains("Exit codes:"), out.toString());
    assertTrue(out.toString().contains("asterism (unpackaged)"), out.toString());
    assertEquals("", err.toString());
  }

  @Test
  void anUnknownOptionIsAUsageError() {
    assertEquals(2, root.execute("--no-such-option"));

    assertTrue(err.toString().startsWith("asterism: Unknown option: '--no-such-option'"));
  }

  @Test
  void aMisspelledVerbIsAnsweredWithTheRightOne() {
    assertEquals(2, root.execute("verfy"));

    String line = err.toString().lines().findFirst().orElseThrow();
    assertTrue(line.contains("'verfy'; did you mean 'verify'"), line);
  }

  @Test
  void aMisspelledOptionIsToldBeforeWhatIsMissingBecauseOfIt() {
    assertEquals(2, root.execute("verify", "--node-endpoint", "host", "--confg", "file"));

    String line = err.toString().lines().findFirst().orElseThrow();
    assertTrue(line.startsWith("asterism verify: Unknown options: '--confg', 'file'"), line);
    assertTrue(line.contains("; did you mean '--config'"), line);
  }

  @Test
  void aMissingOptionIsAUsageErrorThatNamesIt() {
    assertEquals(2, root.execute("verify", "--node-endpoint", "host"));

    assertTrue(
        err.toString().startsWith("asterism verify: Missing required option: '--config=FILE'"),
        err.toString());
  }

  @Test
  void noCommandIsAUsageError() {
    assertEquals(2, root.execute());

    assertTrue(err.toString().startsWith("asterism: a role or verb is missing"), err.toString());
  }

  @Test
  void aFailureIsOneLineNamingTheCommand() {
    assertEquals(1, root.execute("failing"));

    assertEquals("asterism failing: disk is gone try another", err.toString().strip());
  }

  @Test
  void theFileBehindAFailureIsNamed() {
    var missing = new NoSuchFileException("/dev/none");

    assertEquals(
        "the TPM cannot be read: /dev/none does not exist",
        Failures.oneLine(new IOException("the TPM cannot be read", missing)));
    assertEquals(
        "no quote from /dev/none: does not exist",
        Failures.oneLine(new IOException("no quote from /dev/none", missing)));
    assertEquals(
        "/dev/none: does not exist",
        Failures.oneLine(new IOException("/dev/none: does not exist", missing)));
  }

  @Command(name = "failing")
  private static final class Failing implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      throw new IOException("disk is gone\n  try another\n");
    }
  }
}
