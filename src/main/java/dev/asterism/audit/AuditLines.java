package dev.asterism.audit;

import dev.asterism.wire.Bytes;
import java.io.IOException;

/** Where audit lines go; not safe for concurrent use. */
interface AuditLines extends AutoCloseable {
  /** The SHA-256 of the last line without its newline; zeros where there is none. */
  Bytes lastLine() throws IOException;

  /** Adds a line, which ends in a newline; returns once it is kept. */
  void append(byte[] line) throws IOException;

  @Override
  void close() throws IOException;
}
