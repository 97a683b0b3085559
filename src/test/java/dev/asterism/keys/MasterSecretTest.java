package dev.asterism.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasterSecretTest {
  private static final String B64 = "SECRETSECRETSECRETSECRETSECRETSECRET";

  @TempDir Path folder;

  private final MasterSecret secret = MasterSecret.generate(new SecureRandom());

  @Test
  void aNewOneIsRandomAndOf32Bytes() {
    MasterSecret other = MasterSecret.generate(new SecureRandom());
    assertEquals(32, secret.key().length());
    assertEquals(32, secret.salt().length());
    assertNotEquals(secret.key(), other.key());
    assertNotEquals(secret.salt(), other.salt());
  }

  @Test
  void readsTheFilesThatKubernetesMounts() throws Exception {
    Path key = Files.write(folder.resolve("mastersecret"), secret.key().expose());
    Path salt = Files.write(folder.resolve("salt"), secret.salt().toArray());
    assertEquals(secret, MasterSecret.fromFiles(key, salt));
  }

  @ParameterizedTest
  @CsvSource({"0,32", "15,32", "1025,32", "32,0", "32,31", "32,1025"})
  void refusesFilesTooShortOrTooLong(int keyLength, int saltLength) throws Exception {
    Path key = Files.write(folder.resolve("mastersecret"), new byte[keyLength]);
    Path salt = Files.write(folder.resolve("salt"), new byte[saltLength]);
    var refused = assertThrows(MalformedException.class, () -> MasterSecret.fromFiles(key, salt));
    assertTrue(String.valueOf(refused.getMessage()).contains(folder.toString()));
  }

  @ParameterizedTest
  @CsvSource({"16,32", "1024,1024"})
  void takesFilesOfEveryLengthBetween(int keyLength, int saltLength) throws Exception {
    Path key = Files.write(folder.resolve("mastersecret"), new byte[keyLength]);
    Path salt = Files.write(folder.resolve("salt"), new byte[saltLength]);
    MasterSecret read = MasterSecret.fromFiles(key, salt);
    assertEquals(keyLength, read.key().length());
    assertEquals(saltLength, read.salt().length());
  }

  @Test
  void saysWhichFileIsMissing() {
    Path missing = folder.resolve("mastersecret");
    var failure =
        assertThrows(NoSuchFileException.class, () -> MasterSecret.fromFiles(missing, missing));
    assertTrue(failure.getMessage().contains("mastersecret"));
  }

  @Test
  void writesAndReadsTheAdminsFileForTheOwnerOnly() throws Exception {
    Path file = folder.resolve("constellation-mastersecret.json");
    secret.writeJson(file);
    assertEquals(secret, MasterSecret.fromJson(file));
    assertEquals(AtomicFile.PRIVATE, Files.getPosixFilePermissions(file));
    assertTrue(Files.readString(file).contains("\"salt\" : \"" + secret.salt().base64() + "\""));
  }

  @Test
  void neverReplacesTheAdminsFile() throws Exception {
    Path file = folder.resolve("constellation-mastersecret.json");
    secret.writeJson(file);
    MasterSecret other = MasterSecret.generate(new SecureRandom());
    var refusal = assertThrows(IOException.class, () -> other.writeJson(file));
    assertTrue(refusal.getMessage().contains("move it away"), refusal.getMessage());
    assertEquals(secret, MasterSecret.fromJson(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"key\":\"" + B64 + "\"}",
        "{\"salt\":\"" + B64 + "\"}",
        "{\"key\":\"" + B64 + "!\",\"salt\":\"" + B64 + B64 + "\"}",
        "{\"key\":\"" + B64 + "\",\"salt\":\"" + B64 + "\"}",
        "{\"key\":\"SECRET==\",\"salt\":\"" + B64 + B64 + "\"}",
        "{\"key\":7,\"salt\":\"" + B64 + "\"}",
        "{\"key\":\"" + B64 + "\",\"key\":\"" + B64 + "\"}",
      })
  void refusesAnAdminsFileThatIsNotOneAndRepeatsNothingOfIt(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("broken.json"), text);
    var refusal = assertThrows(MalformedException.class, () -> MasterSecret.fromJson(file));
    assertFalse(refusal.getMessage().contains("SECRET"), refusal.getMessage());
  }

  @Test
  void aRecordTooShortIsABug() {
    Secret shortKey = Secret.copyOf(new byte[15]);
    Secret key = Secret.copyOf(new byte[16]);
    Bytes salt = Bytes.zeros(32);
    assertThrows(IllegalArgumentException.class, () -> new MasterSecret(shortKey, salt));
    assertThrows(IllegalArgumentException.class, () -> new MasterSecret(key, Bytes.zeros(31)));
  }

  @Test
  void showsNothingOfItself() {
    assertEquals("MasterSecret(32 bytes, salt of 32)", secret.toString());
  }
}
