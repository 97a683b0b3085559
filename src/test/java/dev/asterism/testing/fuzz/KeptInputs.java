package dev.asterism.testing.fuzz;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Inputs that are kept for good: what broke a parser once, and seeds that nothing can make. */
final class KeptInputs {
  /** A folder for each target, by its name. */
  static final Path FOLDER = Path.of("src", "test", "resources", "fuzz");

  private KeptInputs() {}

  /** The kept inputs of a target, by file name. */
  static SortedMap<String, Bytes> of(String target) {
    var inputs = new TreeMap<String, Bytes>();
    for (Path file : list(FOLDER.resolve(target))) {
      try {
        inputs.put(String.valueOf(file.getFileName()), Bytes.of(Files.readAllBytes(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return inputs;
  }

  /** The targets that have some. */
  static List<String> targets() {
    return list(FOLDER).stream()
        .filter(Files::isDirectory)
        .map(folder -> String.valueOf(folder.getFileName()))
        .toList();
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
