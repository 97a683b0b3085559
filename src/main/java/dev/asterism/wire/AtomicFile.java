package dev.asterism.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Files that are either the old ones or the new ones, whatever dies in between: written beside,
 * synced, renamed, and the folder synced.
 */
public final class AtomicFile {
  /** For the owner alone: 0600. */
  public static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  /** For everybody to read: 0644. */
  public static final Set<PosixFilePermission> PUBLIC =
      PosixFilePermissions.fromString("rw-r--r--");

  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PRIVATE);

  private AtomicFile() {}

  /** Replaces {@code file}; its folders are made where they are missing. */
  public static void write(Path file, byte[] content, Set<PosixFilePermission> mode)
      throws IOException {
    write(file, all(content), mode, replacing(file));
  }

  /** Like {@link #write}, from a stream, to its end; leaves it open. */
  public static void copy(InputStream content, Path file, Set<PosixFilePermission> mode)
      throws IOException {
    write(
        file,
        channel -> {
          var _ = content.transferTo(Channels.newOutputStream(channel));
        },
        mode,
        replacing(file));
  }

  private static Publication replacing(Path file) {
    return beside -> Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Content all(byte[] content) {
    return channel -> {
      var buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    };
  }

  /**
   * Like {@link #write}, for what may be the only copy of something: never replaces a file.
   *
   * @throws FileAlreadyExistsException if there is a file, also one made just now
   */
  public static void writeNew(Path file, byte[] content, Set<PosixFilePermission> mode)
      throws IOException {
    write(
        file,
        all(content),
        mode,
        beside -> {
          // Unlike a rename, a link fails where the name is taken.
          Files.createLink(file, beside);
          Files.delete(beside);
        });
  }

  private static void write(
      Path file, Content content, Set<PosixFilePermission> mode, Publication publication)
      throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
    Path beside = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".new");
    try (FileChannel channel = FileChannel.open(beside, NEW, OWNER_ONLY)) {
      content.writeTo(channel);
      if (!mode.equals(PRIVATE)) {
        Files.setPosixFilePermissions(beside, mode);
      }
      channel.force(true);
      publication.publish(beside);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(beside);
      throw e;
    }
    syncFolder(folder);
  }

  public static void write(Path file, Bytes content, Set<PosixFilePermission> mode)
      throws IOException {
    write(file, content.toArray(), mode);
  }

  public static void write(Path file, String text, Set<PosixFilePermission> mode)
      throws IOException {
    write(file, Bytes.ofUtf8(text), mode);
  }

  /**
   * Reads a whole file of at most {@code limit} bytes.
   *
   * @throws IOException also if it is larger
   */
  public static Bytes read(Path file, int limit) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(limit + 1);
      if (content.length > limit) {
        throw new IOException(file + " is larger than " + limit + " bytes");
      }
      return Bytes.of(content);
    }
  }

  /** What a file is to hold. */
  private interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Gives the finished file its name. */
  private interface Publication {
    void publish(Path beside) throws IOException;
  }

  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
