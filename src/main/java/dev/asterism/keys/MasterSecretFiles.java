package dev.asterism.keys;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/** The files that a {@link MasterSecret} lives in. */
final class MasterSecretFiles {
  private static final String KEY = "key";
  private static final String SALT = "salt";

  private MasterSecretFiles() {}

  static MasterSecret readRaw(Path secret, Path salt) throws IOException, MalformedException {
    Secret key = Secret.takeOver(read(secret, MasterSecret.MAX_LENGTH));
    Bytes saltBytes = Bytes.of(read(salt, MasterSecret.MAX_LENGTH));
    try {
      return MasterSecret.checked(key, saltBytes);
    } catch (MalformedException e) {
      throw new MalformedException(secret + ", " + salt, String.valueOf(e.getMessage()));
    }
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
    try {
      AtomicFile.writeNew(file, text, AtomicFile.PRIVATE);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          file + " exists and may hold the only copy of a secret: move it away first", e);
    } finally {
      Arrays.fill(text, (byte) 0);
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
