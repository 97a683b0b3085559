package dev.asterism.audit;

import dev.asterism.wire.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who writes a log: one process. A file of its own, since the log's file changes with each
 * rotation; the kernel gives it back when the process ends, however it ends.
 */
final class AuditLock implements AutoCloseable {
  private final AuditNames names;
  private @Nullable FileChannel channel;
  private @Nullable Object key;

  AuditLock(AuditNames names) {
    this.names = names;
  }

  /**
   * Takes the lock, also anew where somebody removed its file.
   *
   * @throws IOException if another process has it
   */
  void ensure() throws IOException {
    if (channel != null && key != null && key.equals(key(names.lock()))) {
      return;
    }
    close();
    FileChannel opened = open();
    try {
      if (opened.tryLock() == null) {
        throw new IOException(
            names.current()
                + " is written by another process: end that one, or give this one a file of its"
                + " own");
      }
      key = key(names.lock());
      channel = opened;
    } catch (OverlappingFileLockException e) {
      opened.close();
      throw new IOException(names.current() + " is open already", e);
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private FileChannel open() throws IOException {
    try {
      return FileChannel.open(
          names.lock(),
          Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(AtomicFile.PRIVATE));
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the folder of the audit log "
              + names.current()
              + " does not exist: make it, or name another file",
          e);
    }
  }

  /** Which file a path names now; null where none. */
  static @Nullable Object key(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    FileChannel held = channel;
    channel = null;
    if (held != null) {
      held.close();
    }
  }
}
