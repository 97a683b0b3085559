package dev.asterism.audit;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Set;

/** Lines in a file that only grows; not safe for concurrent use. */
final class AuditFile implements AuditLines {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private static final int BLOCK = 8192;

  /**
   * No channel, which an interrupted thread would close for all of them; and the only descriptor,
   * since closing another would give the lock back.
   */
  private final RandomAccessFile file;

  private Bytes lastLine = Bytes.zeros(Digests.SHA256.length());

  /** Whether the file's end is not known to be that of a line. */
  private boolean torn = true;

  private AuditFile(RandomAccessFile file) {
    this.file = file;
  }

  static AuditFile open(Path path) throws IOException {
    try {
      Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      syncFolder(path);
    } catch (FileAlreadyExistsException e) {
      Files.setPosixFilePermissions(path, OWNER_ONLY);
    }
    var file = new RandomAccessFile(path.toFile(), "rw");
    try {
      // Given back by the kernel when the process ends, however it ends.
      if (file.getChannel().tryLock() == null) {
        throw new IOException(path + " is written by another process");
      }
      var opened = new AuditFile(file);
      opened.mend();
      return opened;
    } catch (OverlappingFileLockException e) {
      file.close();
      throw new IOException(path + " is open already", e);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Bytes lastLine() throws IOException {
    if (torn) {
      mend();
    }
    return lastLine;
  }

  @Override
  public void append(byte[] line) throws IOException {
    if (torn) {
      mend();
    }
    torn = true;
    file.seek(file.length());
    file.write(line);
    file.getFD().sync();
    lastLine = Digests.SHA256.of(Bytes.of(line, 0, line.length - 1));
    torn = false;
  }

  /** Ends a line that a crash or a full disk cut short, and finds out what the last line is. */
  private void mend() throws IOException {
    long end = file.length();
    if (end > 0) {
      file.seek(end - 1);
      if (file.read() == '\n') {
        end--;
      } else {
        file.write('\n');
        file.getFD().sync();
      }
      lastLine = digest(lineStart(end), end);
    }
    torn = false;
  }

  /** The offset behind the last newline before {@code end}. */
  private long lineStart(long end) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long to = end; to > 0; ) {
      int length = (int) Math.min(BLOCK, to);
      file.seek(to - length);
      file.readFully(block, 0, length);
      for (int i = length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return to - length + i + 1;
        }
      }
      to -= length;
    }
    return 0;
  }

  private Bytes digest(long from, long to) throws IOException {
    MessageDigest digest = Digests.SHA256.start();
    byte[] block = new byte[BLOCK];
    file.seek(from);
    for (long left = to - from; left > 0; ) {
      int length = (int) Math.min(BLOCK, left);
      file.readFully(block, 0, length);
      digest.update(block, 0, length);
      left -= length;
    }
    return Bytes.of(digest.digest());
  }

  private static void syncFolder(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      try (var directory = FileChannel.open(folder)) {
        directory.force(true);
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
