package dev.asterism.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one log: {@code audit.jsonl}, which grows; {@code audit.jsonl.000000001234}, full,
 * ends with record 1234; {@code audit.jsonl.torn-000000001234}, what a crash left of a line behind
 * record 1234; {@code audit.jsonl.lock}, held by the one who writes.
 */
record AuditNames(Path current) {
  private static final Pattern FULL = Pattern.compile("(.+)\\.([0-9]{12,18})");

  AuditNames {
    current = current.toAbsolutePath();
  }

  /**
   * A full file.
   *
   * @param last the sequence of its last record
   */
  record Full(Path file, long last) {}

  /** The log that the full file of this name belongs to; empty for all other names. */
  static Optional<AuditNames> logOf(Path file) {
    Matcher name = FULL.matcher(name(file));
    return name.matches()
        ? Optional.of(new AuditNames(file.resolveSibling(name.group(1))))
        : Optional.empty();
  }

  Path full(long last) {
    return sibling(".%012d".formatted(last));
  }

  Path lock() {
    return sibling(".lock");
  }

  private String tornPrefix(long last) {
    return name(current) + ".torn-%012d".formatted(last);
  }

  /** A name for what a crash left behind this record; not taken, but by what is the same. */
  Path torn(long last, int number) {
    return current.resolveSibling(tornPrefix(last) + (number == 1 ? "" : "-" + number));
  }

  /** All that crashes left behind this record. */
  List<Path> torn(long last) throws IOException {
    String prefix = tornPrefix(last);
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .filter(file -> name(file).equals(prefix) || name(file).startsWith(prefix + "-"))
          .sorted()
          .toList();
    }
  }

  /** The full files, the oldest first. */
  List<Full> full() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .flatMap(file -> full(file).stream())
          .sorted(Comparator.comparingLong(Full::last))
          .toList();
    }
  }

  /** The full file of this log that has this name; empty where it is none. */
  Optional<Full> full(Path file) {
    Matcher name = FULL.matcher(name(file));
    return name.matches() && name.group(1).equals(name(current))
        ? Optional.of(new Full(file, Long.parseLong(name.group(2))))
        : Optional.empty();
  }

  Path folder() {
    return Objects.requireNonNull(current.getParent(), "a file has a folder");
  }

  private Path sibling(String suffix) {
    return current.resolveSibling(name(current) + suffix);
  }

  static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
