package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
  void noCommandIsAUsageError() {
    assertEquals(2, root.execute());

    assertTrue(err.toString().startsWith("asterism: a role or verb is missing"), err.toString());
  }

  @Test
  void aFailureIsOneLineNamingTheCommand() {
    assertEquals(1, root.execute("failing"));

    assertEquals("asterism failing: disk is gone try another", err.toString().strip());
  }

  @Command(name = "failing")
  private static final class Failing implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      throw new IOException("disk is gone\n  try another\n");
    }
  }
}
