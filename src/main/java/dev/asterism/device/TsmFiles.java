package dev.asterism.device;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The entries of configfs-tsm: a directory each, whose attributes the kernel makes. */
public interface TsmFiles {
  void create(String entry) throws IOException;

  /** Replaces an attribute by one write. */
  void write(String entry, String attribute, Bytes value) throws IOException;

  /** All of an attribute; empty where there is no such attribute or the kernel has nothing. */
  Bytes read(String entry, String attribute) throws IOException;

  /** Removes it, and its attributes with it. */
  void remove(String entry) throws IOException;

  String description();

  /** Those below a directory. */
  record In(Path root) implements TsmFiles {
    /** Reports and certificate tables are smaller. */
    private static final int MOST = 64 * 1024;

    @Override
    public void create(String entry) throws IOException {
      Files.createDirectory(root.resolve(entry));
    }

    @Override
    public void write(String entry, String attribute, Bytes value) throws IOException {
      Files.write(
          root.resolve(entry).resolve(attribute), value.toArray(), StandardOpenOption.WRITE);
    }

    @Override
    public Bytes read(String entry, String attribute) throws IOException {
      Path file = root.resolve(entry).resolve(attribute);
      if (!Files.exists(file)) {
        return Bytes.EMPTY;
      }
      try (var in = Files.newInputStream(file)) {
        byte[] content = in.readNBytes(MOST + 1);
        if (content.length > MOST) {
          throw new IOException(file + " gives more than " + MOST + " bytes");
        }
        return Bytes.of(content);
      }
    }

    @Override
    public void remove(String entry) throws IOException {
      Files.deleteIfExists(root.resolve(entry));
    }

    @Override
    public String description() {
      return root.toString();
    }
  }
}
