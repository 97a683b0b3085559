package dev.asterism.cli;

import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Where log records go: standard error, as JSON lines for roles (a machine reads them) and as plain
 * lines for admin verbs. Call once, first thing.
 */
final class Logs {
  /**
   * Loud, and of no use to whoever runs a cluster: a warning with its stack for each stream that a
   * stranger opens beyond his limit. What matters of it is counted or logged by ourselves.
   */
  private static final List<Logger> LIBRARIES =
      List.of(Logger.getLogger("io.grpc"), Logger.getLogger("io.netty"));

  private Logs() {}

  /**
   * For roles: one JSON object a line.
   *
   * @param verbosity as the old services have it: -1 debug, 0 information, 1 warnings, 2 errors
   */
  static void json(int verbosity) {
    install(new JsonLines(), level(verbosity));
  }

  /**
   * For admin verbs: the message, with its level where that is worth a word.
   *
   * @param verbosity as in {@link #json}
   */
  static void plain(int verbosity) {
    install(new PlainLines(), level(verbosity));
  }

  private static Level level(int verbosity) {
    return switch (verbosity) {
      case 0 -> Level.INFO;
      case 1 -> Level.WARNING;
      default -> verbosity < 0 ? Level.FINE : Level.SEVERE;
    };
  }

  private static void install(Formatter formatter, Level level) {
    LogManager.getLogManager().reset();
    Handler handler = new ConsoleHandler();
    handler.setFormatter(formatter);
    handler.setLevel(level);
    Logger root = Logger.getLogger("");
    root.setLevel(level);
    root.addHandler(handler);
    Level quiet = level.intValue() < Level.INFO.intValue() ? Level.INFO : Level.SEVERE;
    LIBRARIES.forEach(l -> l.setLevel(quiet));
  }
}
