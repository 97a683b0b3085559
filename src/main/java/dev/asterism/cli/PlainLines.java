package dev.asterism.cli;

import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** {@code message}, or {@code warn: message}; a stack trace only when debugging. */
final class PlainLines extends Formatter {
  @Override
  public String format(LogRecord entry) {
    String level = JsonLines.level(entry.getLevel());
    var line = new StringBuilder();
    if (!level.equals("info")) {
      line.append(level).append(": ");
    }
    line.append(formatMessage(entry));
    if (entry.getThrown() != null) {
      line.append(" (").append(entry.getThrown()).append(')');
      if (Boolean.getBoolean(Failures.DEBUG_PROPERTY)
          || entry.getLevel().intValue() < Level.INFO.intValue()) {
        line.append('\n').append(JsonLines.trace(entry.getThrown()));
      }
    }
    return line.append('\n').toString();
  }
}
