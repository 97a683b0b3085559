package dev.asterism.cli;

import dev.asterism.wire.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import tools.jackson.databind.node.ObjectNode;

/** {@code {"time", "level", "logger", "message", "thread", "error"?}}, one record a line. */
final class JsonLines extends Formatter {
  @Override
  public String format(LogRecord entry) {
    ObjectNode line = Json.newObject();
    line.put(
        "time",
        DateTimeFormatter.ISO_INSTANT.format(entry.getInstant().truncatedTo(ChronoUnit.MILLIS)));
    line.put("level", level(entry.getLevel()));
    line.put("logger", entry.getLoggerName());
    line.put("message", formatMessage(entry));
    Thread thread = Thread.currentThread();
    line.put(
        "thread", thread.getName().isEmpty() ? "virtual-" + thread.threadId() : thread.getName());
    if (entry.getThrown() != null) {
      line.put("error", trace(entry.getThrown()));
    }
    return Json.line(line) + "\n";
  }

  /** {@code debug}, {@code info}, {@code warn} or {@code error}. */
  static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warn";
    }
    return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
  }

  static String trace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().strip();
  }
}
