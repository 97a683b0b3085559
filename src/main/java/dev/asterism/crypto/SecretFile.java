package dev.asterism.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads a secret from a file, and leaves no other copy of it behind. */
public final class SecretFile {
  private SecretFile() {}

  /**
   * Reads a whole file of at most {@code limit} bytes.
   *
   * @throws IOException also if it is larger
   */
  public static Secret read(Path file, int limit) throws IOException {
    var buffer = new byte[limit + 1];
    try (InputStream in = Files.newInputStream(file)) {
      int length = in.readNBytes(buffer, 0, buffer.length);
      if (length > limit) {
        throw new IOException(file + " is larger than " + limit + " bytes");
      }
      return Secret.takeOver(Arrays.copyOf(buffer, length));
    } finally {
      Arrays.fill(buffer, (byte) 0);
    }
  }
}
