package dev.asterism.audit;

import dev.asterism.audit.AuditFaults.Step;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file of lines that is open for more. */
final class AuditFile implements Closeable {
  private static final int BLOCK = 8192;

  private final Path path;
  private final RandomAccessFile file;
  private final @Nullable Object key;

  /** What is on the disk for sure; nothing of the file behind it counts. */
  private long length;

  private AuditFile(Path path, RandomAccessFile file) throws IOException {
    this.path = path;
    this.file = file;
    this.key = AuditLock.key(path);
    this.length = file.length();
  }

  /** Opens the file to add lines, and makes it where there is none: for the owner only. */
  static AuditFile open(Path path) throws IOException {
    try {
      Files.createFile(path, PosixFilePermissions.asFileAttribute(AtomicFile.PRIVATE));
      Folders.sync(path);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(path + " is no file", e);
      }
      Files.setPosixFilePermissions(path, AtomicFile.PRIVATE);
    }
    return open(path, "rw");
  }

  /** Opens a file that others may write. */
  static AuditFile openToRead(Path path) throws IOException {
    return open(path, "r");
  }

  private static AuditFile open(Path path, String mode) throws IOException {
    var file = new RandomAccessFile(path.toFile(), mode);
    try {
      return new AuditFile(path, file);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  @Nullable Object key() {
    return key;
  }

  long length() {
    return length;
  }

  /** Whether the path still names this file, and nobody else wrote to it. */
  boolean isUntouched() throws IOException {
    try {
      var now = Files.readAttributes(path, BasicFileAttributes.class);
      return key != null && key.equals(now.fileKey()) && now.size() == length;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Adds lines; returns once they are on the disk. */
  void append(Bytes lines, AuditFaults faults) throws IOException {
    file.seek(length);
    file.write(lines.toArray());
    faults.reached(Step.WRITTEN);
    file.getFD().sync();
    length += lines.length();
  }

  /** Drops what is behind {@code end}. */
  void cut(long end) throws IOException {
    file.setLength(end);
    file.getFD().sync();
    length = end;
  }

  /** The offset behind the last line break; 0 where there is none. */
  long endOfLines() throws IOException {
    return lineStart(length);
  }

  Bytes read(long from, long to) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(to - from)];
    file.seek(from);
    file.readFully(bytes);
    return Bytes.of(bytes);
  }

  /** The last line that is a record and unchanged; empty where there is none. */
  Optional<AuditHead> lastRecord() throws IOException {
    for (long end = endOfLines(); end > 0; ) {
      long start = lineStart(end - 1);
      if (end - start <= AuditRecord.MAX_LINE) {
        Optional<AuditHead> head =
            AuditRecord.intactRecord(read(start, end - 1)).map(AuditRecord::head);
        if (head.isPresent()) {
          return head;
        }
      }
      end = start;
    }
    return Optional.empty();
  }

  /** The offset behind the last line break before {@code end}. */
  private long lineStart(long end) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long to = end; to > 0; ) {
      int size = (int) Math.min(BLOCK, to);
      file.seek(to - size);
      file.readFully(block, 0, size);
      for (int i = size - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return to - size + i + 1;
        }
      }
      to -= size;
    }
    return 0;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
