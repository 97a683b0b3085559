package dev.asterism.device;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;

/**
 * A TPM behind a character device of Linux. {@code /dev/tpmrm0} lets several processes in and gives
 * each conversation transient objects of its own; {@code /dev/tpm0} lets in one at a time, and the
 * others wait.
 */
public final class KernelTpm implements Tpm {
  /** The kernel's own buffer (TPM_BUFSIZE); no response is longer. */
  private static final int BUFFER = 4096;

  /** EBUSY, in words. */
  private static final String BUSY = "Device or resource busy";

  /** A conversation takes less. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Path path;
  private final Opener opener;
  private final Duration patience;

  public KernelTpm(Path path) {
    this(
        path,
        () -> FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE),
        PATIENCE);
  }

  /** The same with another way to open it, and another time to wait while somebody else has it. */
  KernelTpm(Path path, Opener opener, Duration patience) {
    this.path = path;
    this.opener = opener;
    this.patience = patience;
  }

  @FunctionalInterface
  interface Opener {
    FileChannel open() throws IOException;
  }

  @Override
  public Conversation open() throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return new Device(opener.open());
      } catch (FileSystemException e) {
        if (!BUSY.equals(e.getReason()) || System.nanoTime() - end > 0) {
          throw e;
        }
      }
      pause();
    }
  }

  private void pause() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while somebody else has " + path);
    }
  }

  @Override
  public String description() {
    return path.toString();
  }

  private record Device(FileChannel channel) implements Conversation {
    @Override
    public byte[] transmit(byte[] command) throws IOException {
      // The driver takes a command by one write, and forgets the response after one read.
      int written = channel.write(ByteBuffer.wrap(command));
      if (written != command.length) {
        throw new IOException(
            "the TPM driver took " + written + " of " + command.length + " bytes");
      }
      ByteBuffer response = ByteBuffer.allocate(BUFFER);
      int length = channel.read(response);
      if (length < 0) {
        throw new EOFException("the TPM driver gave no response");
      }
      return Arrays.copyOf(response.array(), length);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
