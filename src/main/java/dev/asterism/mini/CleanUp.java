package dev.asterism.mini;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Removes what a former cluster left in the directory, and keeps its logs. */
final class CleanUp {
  private CleanUp() {}

  static void run(MiniDir dir) throws IOException {
    delete(dir.previousLogs());
    if (Files.isDirectory(dir.nodes())) {
      try (var nodes = Files.list(dir.nodes())) {
        for (Path node : nodes.toList()) {
          Path logs = dir.node(node.getFileName().toString()).logs();
          if (Files.isDirectory(logs)) {
            Files.createDirectories(dir.previousLogs());
            Files.move(logs, dir.previousLogs().resolve(node.getFileName().toString()));
          }
        }
      }
    }
    delete(dir.nodes());
    delete(dir.stopped());
    delete(dir.objects());
    delete(dir.kubernetes());
    delete(dir.admin());
    delete(dir.published());
    delete(dir.config());
    delete(dir.certificates());
    delete(dir.rogue().root());
  }

  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (var files = Files.walk(tree)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> {
            try {
              Files.delete(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
