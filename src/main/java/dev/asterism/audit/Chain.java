package dev.asterism.audit;

import dev.asterism.audit.AuditRecord.Entry;
import dev.asterism.audit.AuditRecord.Line;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.util.List;

/**
 * Lines that follow one another.
 *
 * @param head where the log ends with them
 */
record Chain(Bytes bytes, AuditHead head) {
  /** The lines of these entries, behind what ends in {@code last}. */
  static Chain after(AuditHead last, List<Entry> entries) {
    var bytes = new ByteWriter();
    AuditHead head = last;
    for (Entry entry : entries) {
      Line line = AuditRecord.line(head, entry);
      bytes.bytes(line.bytes());
      head = line.head();
    }
    return new Chain(bytes.toBytes(), head);
  }
}
