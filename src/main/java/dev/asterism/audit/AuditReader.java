package dev.asterism.audit;

import dev.asterism.audit.LineReader.Line;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads records without asking whether they follow one another. */
public final class AuditReader {
  private AuditReader() {}

  /**
   * All records of a file, in order.
   *
   * @return how many lines are no records, or were changed
   * @throws IOException if the file cannot be read
   */
  public static long read(Path file, Consumer<AuditRecord> records) throws IOException {
    long bad = 0;
    try (var reader = new LineReader(file)) {
      for (Line line = reader.next(); line != null; line = reader.next()) {
        var record = AuditRecord.intactRecord(line.bytes());
        record.ifPresent(records);
        bad += record.isPresent() ? 0 : 1;
      }
    }
    return bad;
  }
}
