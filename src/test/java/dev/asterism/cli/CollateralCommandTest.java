package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollateralCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return AsterismCommand.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  @Test
  void whereNothingIsKeptItSaysWhere() {
    assertEquals(0, run("collateral", "status", "--collateral-dir", folder.toString()));

    assertEquals("nothing is kept in " + folder + "\n", out.toString());
  }

  @Test
  void jsonOfNothingIsNothing() {
    assertEquals(0, run("collateral", "status", "-o", "json", "--collateral-dir", "" + folder));

    assertEquals("", out.toString());
  }

  @Test
  void aLineThatIsNoneIsAUsageErrorThatNamesThoseThereAre() {
    assertEquals(2, run("collateral", "fetch", "--line", "Rome", "--collateral-dir", "" + folder));

    assertTrue(err.toString().contains("--line: is none of Milan, Genoa, Turin"), err.toString());
  }
}
