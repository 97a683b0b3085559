package dev.asterism.audit;

import dev.asterism.audit.AuditRecord.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Lines on a stream that someone else keeps. */
final class AuditStream implements AuditLines {
  private final OutputStream out;
  private volatile AuditHead head = AuditHead.START;

  AuditStream(OutputStream out) {
    this.out = out;
  }

  @Override
  public void append(List<Entry> batch) throws IOException {
    Chain lines = Chain.after(head, batch);
    out.write(lines.bytes().toArray());
    out.flush();
    head = lines.head();
  }

  @Override
  public AuditHead head() {
    return head;
  }

  /** The stream is not ours. */
  @Override
  public void close() {}
}
