package dev.asterism.admin;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** One file of a bundle: a plain file of bounded size directly in the folder. */
final class BundleFile {
  /** The largest real file, a boot log, has below 1 MiB. */
  static final int MAX_BYTES = 4 * 1024 * 1024;

  private BundleFile() {}

  /** Refuses every name that could lead out of the folder. */
  static String plainName(String where, String name) throws MalformedException {
    boolean plain =
        !name.isEmpty()
            && !name.startsWith(".")
            && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7f);
    if (!plain) {
      throw new MalformedException(where, "is not the plain name of a file in the bundle");
    }
    return name;
  }

  /**
   * @param where what the file is, for messages
   */
  static Bytes read(Path folder, String where, String name) throws MalformedException {
    Path file = folder.resolve(name);
    try {
      // Before opening: a named pipe would never answer.
      var attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isSymbolicLink()) {
        throw new MalformedException(where, file + " is a symbolic link; a bundle holds its files");
      }
      if (!attributes.isRegularFile()) {
        throw new MalformedException(where, file + " is not a regular file");
      }
      try (InputStream in =
          Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        byte[] content = in.readNBytes(MAX_BYTES + 1);
        if (content.length > MAX_BYTES) {
          throw new MalformedException(where, file + " is larger than " + MAX_BYTES + " bytes");
        }
        return Bytes.of(content);
      }
    } catch (NoSuchFileException e) {
      throw new MalformedException(where, file + " is missing");
    } catch (IOException e) {
      throw new MalformedException(
          where, file + " cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }
}
