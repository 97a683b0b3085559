package dev.asterism.config;

import dev.asterism.wire.Bytes;
import java.nio.file.Path;
import java.util.Map;

/**
 * The content of several files at one moment.
 *
 * @param content by path as it was configured
 */
public record Snapshot(Map<Path, Bytes> content) {
  /** The longest file taken, in bytes: a whole ConfigMap may hold 1 MiB. */
  public static final int MAX_FILE = 1024 * 1024;

  public Snapshot {
    content = Map.copyOf(content);
  }

  /** The content of one of the files that were asked for. */
  public Bytes file(Path path) {
    Bytes bytes = content.get(path);
    if (bytes == null) {
      throw new IllegalArgumentException(path + " is not one of the files read");
    }
    return bytes;
  }
}
