package dev.asterism.bootstrap;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Files that only their owner may read. */
final class SecretFile {
  private SecretFile() {}

  static void write(Path file, Secret content) throws IOException {
    byte[] copy = content.expose();
    try {
      AtomicFile.write(file, copy, AtomicFile.PRIVATE);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }
}
