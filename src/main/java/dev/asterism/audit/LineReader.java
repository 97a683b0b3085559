package dev.asterism.audit;

import dev.asterism.wire.Bytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The lines of a file that anybody may have written; holds one at a time, and no long one. */
final class LineReader implements AutoCloseable {
  private final InputStream in;
  private long number;

  LineReader(Path file) throws IOException {
    this(Files.newInputStream(file));
  }

  LineReader(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /**
   * A line.
   *
   * @param number from 1
   * @param bytes without the line break; of a line that is longer than a record may be, only the
   *     beginning
   * @param whole whether it ends in a line break
   * @param tooLong whether it is longer than a record may be
   */
  record Line(long number, Bytes bytes, boolean whole, boolean tooLong) {}

  /** The next line; null behind the last. */
  @Nullable Line next() throws IOException {
    var line = new ByteArrayOutputStream();
    boolean tooLong = false;
    int read = in.read();
    if (read < 0) {
      return null;
    }
    for (; read >= 0 && read != '\n'; read = in.read()) {
      if (line.size() < AuditRecord.MAX_LINE) {
        line.write(read);
      } else {
        tooLong = true;
      }
    }
    return new Line(++number, Bytes.of(line.toByteArray()), read == '\n', tooLong);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
