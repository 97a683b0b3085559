package dev.asterism.keys;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The files that a {@link MasterSecret} lives in. */
final class MasterSecretFiles {
  private static final String KEY = "key";
  private static final String SALT = "salt";

  private MasterSecretFiles() {}

  static MasterSecret readRaw(Path secret, Path salt) throws IOException, MalformedException {
    Secret key = Secret.takeOver(read(secret, MasterSecret.MAX_LENGTH));
    return MasterSecret.checked(key, Bytes.of(read(salt, MasterSecret.MAX_LENGTH)));
  }

  static MasterSecret readJson(Path file) throws IOException, MalformedException {
    byte[] text = read(file, 8 * MasterSecret.MAX_LENGTH);
    try {
      ObjectNode json = Json.object(file.toString(), Bytes.of(text));
      Secret key = Secret.takeOver(base64(Json.string(json, KEY)));
      return MasterSecret.checked(key, Json.base64(json, SALT));
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  static void writeJson(MasterSecret secret, Path file) throws IOException {
    ObjectNode json = Json.newObject();
    json.put(KEY, secret.key().use(Base64.getEncoder()::encodeToString));
    json.put(SALT, secret.salt().base64());
    byte[] text = Json.pretty(json).getBytes(StandardCharsets.UTF_8);
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is not a file's name");
    }
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path beside = folder.resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
    Files.deleteIfExists(beside);
    try {
      try (var out =
          FileChannel.open(
              beside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
        for (var data = ByteBuffer.wrap(text); data.hasRemaining(); ) {
          out.write(data);
        }
        out.force(true);
      }
      publish(beside, file);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          file + " exists and may hold the only copy of a secret: move it away first", e);
    } finally {
      Arrays.fill(text, (byte) 0);
      Files.deleteIfExists(beside);
    }
    try (var directory = FileChannel.open(folder)) {
      directory.force(true);
    }
  }

  /** Unlike a rename, a link fails where there is a file already, also one made just now. */
  private static void publish(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // No links on this file system: the check and the rename are two steps then.
      Files.move(from, to);
    }
  }

  private static byte[] read(Path file, int most) throws IOException, MalformedException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(most + 1);
      if (content.length > most) {
        Arrays.fill(content, (byte) 0);
        throw new MalformedException(file.toString(), "is longer than " + most + " bytes");
      }
      return content;
    }
  }

  /** Not through {@link Bytes}, which are not for secrets. */
  private static byte[] base64(String text) throws MalformedException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(KEY, "is not standard base64");
    }
  }
}
