package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.audit.AuditLog;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class AuditCommandTest {
  private static final Instant START = Instant.parse("2026-03-01T10:20:30Z");

  @TempDir Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("audit.jsonl");
    for (int i = 0; i < 3; i++) {
      Instant now = START.plus(Duration.ofHours(i));
      try (var log = new AuditLog(file, () -> now)) {
        ObjectNode content = Json.newObject();
        content.put("decision", i == 1 ? "refused" : "issued").put("peer", "192.0.2.1:" + i);
        content.put("node", "worker-" + i).put("disk", "disk\u001b[2J");
        log.append(i == 1 ? "ticket-refused" : "ticket-issued", content);
      }
    }
  }

  private int run(String... args) {
    out = new StringWriter();
    err = new StringWriter();
    return AsterismCommand.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private void change(String from, String to) throws IOException {
    Files.writeString(file, Files.readString(file).replace(from, to));
  }

  private String head() throws Exception {
    run("audit", "verify", "-o", "json", file.toString());
    return Json.object("report", out.toString()).at("/head/hash").asString();
  }

  @Test
  void aWholeLogHasAHeadToKeep() throws Exception {
    String head = head();
    assertEquals(64, head.length());
    assertEquals(0, run("audit", "verify", folder.toString()));
    assertEquals(file + ": whole, 3 records, head 3 " + head + "\n", out.toString());
  }

  @Test
  void aChangedLineIsNamedAndTheExitCodeSaysSo() throws Exception {
    change("worker-1", "worker-9");
    assertEquals(1, run("audit", "verify", file.toString()));
    assertTrue(
        out.toString().startsWith(file + " line 2: was changed: its hash is of another line\n"),
        out::toString);
    assertTrue(out.toString().contains(file + ": BROKEN, 3 records, head 3 "), out::toString);
    assertEquals(1, run("audit", "verify", "-o", "json", file.toString()));
    ObjectNode report = Json.object("report", out.toString());
    assertEquals("changed", report.at("/findings/0/finding").asString());
    assertEquals(2, report.at("/findings/0/line").intValue());
    assertEquals(1, run("audit", "show", file.toString()));
    assertTrue(err.toString().contains("1 lines are no records or were changed"), err::toString);
  }

  @Test
  void aKeptHeadMustBeInOneOfTheLogs() throws Exception {
    String head = head();
    Path other = folder.resolve("other.jsonl");
    new AuditLog(other, () -> START).close();
    assertEquals(0, run("audit", "verify", "--head", head, folder.toString()));
    List<String> lines = Files.readAllLines(file);
    Files.write(file, lines.subList(0, 2));
    assertEquals(0, run("audit", "verify", folder.toString()));
    assertEquals(1, run("audit", "verify", "--head", head, folder.toString()));
    assertTrue(out.toString().contains("no record has the hash " + head), out::toString);
    assertEquals(1, run("audit", "verify", "-o", "json", "--head", head, folder.toString()));
    assertTrue(out.toString().contains("\"head-not-found\""), out::toString);
  }

  @Test
  void whatCannotBeReadIsAnotherExitCode() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (String place : List.of(empty.toString(), folder.resolve("none").toString())) {
      assertEquals(2, run("audit", "verify", place));
      assertEquals(2, run("audit", "show", place));
      assertTrue(err.toString().contains(place), err::toString);
    }
    assertEquals(2, run("audit", "verify", "--head", "12", file.toString()));
    assertEquals(2, run("audit", "verify"));
    assertEquals(2, run("audit"));
  }

  @Test
  void showsAlignedLinesThatDoNotActOnATerminal() {
    assertEquals(0, run("audit", "show", "--decision", "issued", folder.toString()));
    assertEquals(
        """
        TIME                  RECORD  EVENT          DECISION  NODE      PEER         DETAIL
        2026-03-01T10:20:30Z  1       ticket-issued  issued    worker-0  192.0.2.1:0  disk\uFFFD[2J
        2026-03-01T12:20:30Z  3       ticket-issued  issued    worker-2  192.0.2.1:2  disk\uFFFD[2J
        """,
        out.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "--node, worker-1, 1",
    "--node, worker, 0",
    "--decision, issued, 2",
    "--event, ticket-refused, 1",
    "--since, 2026-03-01T11:20:30Z, 2",
    "--since, 2026-03-01T12:20:31Z, 0",
  })
  void showsWhatFits(String option, String value, int records) throws Exception {
    assertEquals(0, run("audit", "show", option, value, "-o", "json", file.toString()));
    List<String> lines = out.toString().lines().toList();
    assertEquals(records, lines.size());
    assertTrue(Files.readAllLines(file).containsAll(lines), "not as in the log");
  }

  @Test
  void sizesAreSizes() {
    for (String size : List.of("1KiB", "64", "64MB", "-1MiB", "9999999GiB")) {
      assertEquals(2, run("key-service", "--audit-rotate", size));
      assertTrue(err.toString().contains("--audit-rotate"), err::toString);
    }
  }
}
