package dev.asterism.device;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A TPM behind a character device of Linux. {@code /dev/tpmrm0} lets several processes in and gives
 * each conversation transient objects of its own; {@code /dev/tpm0} lets in one at a time.
 */
public final class KernelTpm implements Tpm {
  /** The kernel's own buffer (TPM_BUFSIZE); no response is longer. */
  private static final int BUFFER = 4096;

  private final Path path;

  public KernelTpm(Path path) {
    this.path = path;
  }

  @Override
  public Conversation open() throws IOException {
    return new Device(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
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
