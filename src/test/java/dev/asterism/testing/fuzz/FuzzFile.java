package dev.asterism.testing.fuzz;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a parser reads; the same one for input after input. */
public final class FuzzFile {
  private final Path folder;
  private final Path file;

  /**
   * @param name of the file, in a folder of its own
   */
  public FuzzFile(String name) {
    try {
      folder = Files.createTempDirectory("asterism-fuzz");
      file = folder.resolve(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
  }

  /** Holding {@code content}. */
  public Path with(Bytes content) throws IOException {
    Files.write(file, content.toArray());
    return file;
  }

  public Path path() {
    return file;
  }

  public Path folder() {
    return folder;
  }

  /** What is in it now. */
  public Bytes content() throws IOException {
    return Bytes.of(Files.readAllBytes(file));
  }

  private void delete() {
    try (var files = Files.list(folder)) {
      for (Path each : files.toList()) {
        Files.deleteIfExists(each);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // Left to whoever cleans temporary folders.
    }
  }
}
