package dev.asterism.audit;

import dev.asterism.audit.Finding.Kind;
import dev.asterism.audit.LineReader.Line;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows a log from line to line. After something that is wrong it goes on with what the next
 * record says of itself, so that one change is one finding.
 */
final class ChainCheck {
  private final List<Finding> findings = new ArrayList<>();
  private long findingCount;

  /** The last record, by its own word; null before the first. */
  private @Nullable AuditHead last;

  /** Whether it was not changed, so that the next one must know its hash. */
  private boolean lastIntact = true;

  /** Lines since then that are no records: each may have been one. */
  private long unreadable;

  private @Nullable AuditRecord first;
  private long records;

  /** A line of the log, in order; what it says, where it is a record that was not changed. */
  Optional<AuditRecord> line(Path file, Line line) {
    if (line.tooLong()) {
      broken(Kind.NOT_A_RECORD, file, line.number(), "is longer than any record");
      unreadable++;
      return Optional.empty();
    }
    AuditRecord record;
    try {
      record = AuditRecord.parse(line.bytes());
    } catch (MalformedException e) {
      unreadable++;
      if (line.whole()) {
        broken(Kind.NOT_A_RECORD, file, line.number(), "is no record: " + e.getMessage());
      } else {
        broken(Kind.CUT_SHORT, file, line.number(), "is cut short: it has no end");
      }
      return Optional.empty();
    }
    if (!line.whole()) {
      broken(Kind.CUT_SHORT, file, line.number(), "is cut short: it has no line break");
    }
    records++;
    if (first == null) {
      first = record;
    }
    boolean intact = record.intact(line.bytes());
    if (intact) {
      follow(file, line.number(), record);
      last = record.head();
    } else {
      broken(Kind.CHANGED, file, line.number(), "was changed: its hash is of another line");
      // What it says of itself may be what was changed.
      last = new AuditHead(last == null ? record.sequence() : next(last), record.hash());
    }
    lastIntact = intact;
    unreadable = 0;
    return intact ? Optional.of(record) : Optional.empty();
  }

  private static long next(AuditHead head) {
    return head.sequence() + 1;
  }

  private void follow(Path file, long number, AuditRecord record) {
    AuditHead before = last;
    if (before == null) {
      if (record.sequence() == 1 && !record.previous().equals(AuditHead.START.hash())) {
        broken(Kind.REPLACED, file, number, "is record 1, and yet follows another one");
      }
      return;
    }
    long gap = record.sequence() - before.sequence() - 1;
    if (gap < 0) {
      broken(
          Kind.OUT_OF_ORDER,
          file,
          number,
          "is record " + record.sequence() + ", which must not come after " + before.sequence());
    } else if (gap == 0) {
      if (lastIntact && !record.previous().equals(before.hash())) {
        broken(
            Kind.REPLACED,
            file,
            number,
            "does not follow the record before it: one of the two was replaced");
      }
    } else if (gap > unreadable) {
      broken(
          Kind.MISSING,
          file,
          number,
          "records "
              + next(before)
              + " to "
              + (record.sequence() - 1)
              + " are missing before it"
              + predecessor(record));
    }
  }

  /** Which file a record says it comes after. */
  static String predecessor(AuditRecord record) {
    String file = record.content().path("file").asString("");
    return record.event().equals(AuditFiles.CONTINUED) && !file.isEmpty()
        ? "; they ended in " + Json.line(record.content().path("file"))
        : "";
  }

  void broken(Kind kind, Path file, long line, String text) {
    findingCount++;
    if (findings.size() < AuditReport.MAX_FINDINGS) {
      findings.add(new Finding(kind, file, line, text));
    }
  }

  /** The first record that was read. */
  @Nullable AuditRecord first() {
    return first;
  }

  /** The last record, by its own word. */
  AuditHead head() {
    return last == null ? AuditHead.START : last;
  }

  long records() {
    return records;
  }

  List<Finding> findings() {
    return findings;
  }

  long findingCount() {
    return findingCount;
  }
}
