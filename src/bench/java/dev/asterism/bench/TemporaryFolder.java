package dev.asterism.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A folder that goes when it is closed. */
record TemporaryFolder(Path path) implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final String PREFIX = "asterism-bench-";

  TemporaryFolder() throws IOException {
    this(Files.createTempDirectory(PREFIX));
  }

  /** In memory, where this system has a file system there. */
  static TemporaryFolder inMemory() throws IOException {
    return Files.isWritable(MEMORY)
        ? new TemporaryFolder(Files.createTempDirectory(MEMORY, PREFIX))
        : new TemporaryFolder();
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
