package dev.asterism.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Names of files, kept across a power cut. */
final class Folders {
  private Folders() {}

  /** Syncs the folder of a file that was made, renamed or removed. */
  static void sync(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (var directory = FileChannel.open(folder)) {
        directory.force(true);
      }
    }
  }
}
