package dev.asterism.config;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads several files as one snapshot: looks where the links lead and how the files are before and
 * after reading, and reads again if that changed meanwhile.
 */
final class SnapshotReader {
  private static final int ATTEMPTS = 10;

  private final List<Path> files;

  SnapshotReader(List<Path> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no files to read");
    }
    this.files = List.copyOf(files);
  }

  /** What tells one state of a file from another without reading it. */
  private record Stamp(Path real, @Nullable Object key, long size, long modified) {}

  Snapshot read() throws IOException {
    IOException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        List<Stamp> before = stamps();
        Map<Path, Bytes> content = new HashMap<>();
        for (int f = 0; f < files.size(); f++) {
          content.put(files.get(f), content(files.get(f), before.get(f).real()));
        }
        if (stamps().equals(before)) {
          return new Snapshot(content);
        }
        last = new IOException(files.getFirst() + ": changes faster than it can be read");
      } catch (NoSuchFileException e) {
        // Perhaps swapped away while we followed the links: the next attempt sees the new one.
        last = new IOException(e.getFile() + ": does not exist", e);
      }
    }
    throw Objects.requireNonNull(last);
  }

  private List<Stamp> stamps() throws IOException {
    var stamps = new ArrayList<Stamp>();
    for (Path file : files) {
      Path real = file.toRealPath();
      var attributes =
          Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        throw new IOException(file + ": is not a file");
      }
      stamps.add(
          new Stamp(
              real,
              attributes.fileKey(),
              attributes.size(),
              attributes.lastModifiedTime().toMillis()));
    }
    return stamps;
  }

  private static Bytes content(Path file, Path real) throws IOException {
    try (InputStream in = Files.newInputStream(real)) {
      byte[] bytes = in.readNBytes(Snapshot.MAX_FILE + 1);
      if (bytes.length > Snapshot.MAX_FILE) {
        throw new IOException(file + ": is larger than " + Snapshot.MAX_FILE + " bytes");
      }
      return Bytes.of(bytes);
    }
  }
}
