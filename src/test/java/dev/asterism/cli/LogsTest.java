package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class LogsTest {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @AfterEach
  void putBackWhatLoggedBefore() throws Exception {
    System.setErr(before);
    LogManager.getLogManager().readConfiguration();
  }

  @Test
  void rolesWriteOneJsonObjectALine() throws Exception {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    Logs.json(0);
    Logger.getLogger("some.where").info("first\nline");
    Logger.getLogger("some.where").log(Level.SEVERE, "bad", new IllegalStateException("why"));

    List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(2, lines.size());
    ObjectNode first = Json.object("line", lines.getFirst());
    assertEquals("info", first.get("level").stringValue());
    assertEquals("some.where", first.get("logger").stringValue());
    assertEquals("first\nline", first.get("message").stringValue());
    assertEquals(Thread.currentThread().getName(), first.get("thread").stringValue());
    assertTrue(Instant.parse(first.get("time").stringValue()).isBefore(Instant.now()));
    assertTrue(
        Json.object("line", lines.get(1))
            .get("error")
            .stringValue()
            .startsWith("java.lang.IllegalStateException: why"));
  }

  @Test
  void adminVerbsWritePlainLines() {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    Logs.plain(0);
    Logger.getLogger("some.where").info("hello");
    Logger.getLogger("some.where").log(Level.WARNING, "careful", new IllegalStateException("why"));
    Logger.getLogger("some.where").fine("whisper");

    assertEquals(
        "hello\nwarn: careful (java.lang.IllegalStateException: why)\n",
        written.toString(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"-1, 4", "0, 3", "1, 2", "2, 1", "5, 1"})
  void verbosityIsThatOfTheOldServices(int verbosity, int lines) {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    Logs.plain(verbosity);
    var log = Logger.getLogger("some.where");
    log.fine("debug");
    log.info("info");
    log.warning("warn");
    log.severe("error");

    assertEquals(lines, written.toString(StandardCharsets.UTF_8).lines().count());
  }

  @Test
  void librariesAreQuiet() {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    Logs.plain(0);
    Logger.getLogger("io.grpc.netty").info("Transport failed");
    // One for each stream beyond the limit: a stranger could fill the disk.
    Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler")
        .log(Level.WARNING, "Stream Error", new IllegalStateException("too many"));

    assertEquals("", written.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aThreadWithoutANameIsNumbered() throws Exception {
    var lines = new String[1];
    Thread.ofVirtual()
        .start(() -> lines[0] = new JsonLines().format(new LogRecord(Level.INFO, "hello")))
        .join();

    assertTrue(
        Json.object("line", lines[0]).get("thread").stringValue().startsWith("virtual-"), lines[0]);
  }
}
