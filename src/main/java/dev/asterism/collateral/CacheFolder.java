package dev.asterism.collateral;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Endorsements in a folder, one file each, named by the hash of their key. Whoever can write there
 * can only make them missing: all are inspected when they are read.
 */
public final class CacheFolder {
  private static final String SUFFIX = ".collateral.json";

  private final Path folder;

  public CacheFolder(Path folder) {
    this.folder = folder;
  }

  public Path folder() {
    return folder;
  }

  /**
   * What lies there under that key; empty where nothing does.
   *
   * @throws MalformedException if the file is damaged, or of another key
   */
  Optional<Stored> read(String key) throws IOException, MalformedException {
    try {
      Stored stored = Stored.parse(AtomicFile.read(file(key), Json.MAX_BYTES));
      if (!stored.key().equals(key)) {
        throw new MalformedException("key", "is not the one that the file is named after");
      }
      return Optional.of(stored);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void write(Stored stored) throws IOException {
    AtomicFile.write(file(stored.key()), stored.encode(), AtomicFile.PUBLIC);
  }

  /** All that can be read, by key; damaged files are passed to {@code damaged}. */
  public List<Stored> all(Damaged damaged) throws IOException {
    List<Stored> all = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return all;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (!name.endsWith(SUFFIX) || !Files.isRegularFile(file)) {
          continue;
        }
        try {
          Stored stored = Stored.parse(AtomicFile.read(file, Json.MAX_BYTES));
          if (!file.equals(file(stored.key()))) {
            throw new MalformedException("key", "is not the one that the file is named after");
          }
          all.add(stored);
        } catch (MalformedException | IOException e) {
          damaged.file(file, String.valueOf(e.getMessage()));
        }
      }
    }
    all.sort(java.util.Comparator.comparing(Stored::key));
    return all;
  }

  /** Hears of files that are no endorsements. */
  @FunctionalInterface
  public interface Damaged {
    void file(Path file, String reason);
  }

  private Path file(String key) {
    return folder.resolve(Digests.SHA256.of(Bytes.ofUtf8(key)).hex() + SUFFIX);
  }
}
