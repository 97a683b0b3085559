package dev.asterism.audit;

import dev.asterism.audit.AuditRecord.Entry;
import java.io.IOException;
import java.util.List;

/** Where records go; not safe for concurrent use. */
interface AuditLines extends AutoCloseable {
  /**
   * Adds these records; returns once all are kept. After a failure none of them counts, and the
   * next call begins where the last good one ended.
   */
  void append(List<Entry> batch) throws IOException;

  /** Where the log ends; this alone may be asked by any thread, at any time. */
  AuditHead head();

  @Override
  void close() throws IOException;
}
