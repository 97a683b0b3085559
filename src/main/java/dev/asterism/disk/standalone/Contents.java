package dev.asterism.disk.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The directories that stand for a disk's file system. */
final class Contents {
  private Contents() {}

  static void delete(List<Path> directories) throws IOException {
    for (Path directory : directories) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> paths = Files.walk(directory)) {
          for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }
    }
  }
}
