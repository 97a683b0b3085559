package dev.asterism.device;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A TPM that lets in one conversation at a time, whichever process asks, as {@code /dev/tpm0} does:
 * by a lock on a file.
 */
final class ExclusiveTpm implements Tpm {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Tpm tpm;
  private final Path file;
  private final Duration patience;

  ExclusiveTpm(Tpm tpm, Path file) {
    this(tpm, file, PATIENCE);
  }

  /**
   * @param patience how long to wait while somebody else has a conversation
   */
  ExclusiveTpm(Tpm tpm, Path file, Duration patience) {
    this.tpm = tpm;
    this.file = file;
    this.patience = patience;
  }

  @Override
  public String description() {
    return tpm.description();
  }

  @Override
  public Conversation open() throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      await(channel);
      return new Held(tpm.open(), channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void await(FileChannel channel) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (lock(channel) == null) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(
            description()
                + " is busy: somebody else has had it for "
                + patience.toSeconds()
                + " s");
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while somebody else has " + description());
      }
    }
  }

  /** Null while another process, or another thread of this one, has it. */
  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** The lock ends with its channel. */
  private record Held(Conversation conversation, FileChannel lock) implements Conversation {
    @Override
    public byte[] transmit(byte[] command) throws IOException {
      return conversation.transmit(command);
    }

    @Override
    public void close() throws IOException {
      try (lock) {
        conversation.close();
      }
    }
  }
}
