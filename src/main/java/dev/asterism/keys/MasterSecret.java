package dev.asterism.keys;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The secret that all keys of a cluster come from. Whoever has it has every disk; without it none
 * opens again.
 *
 * @param key at least {@value #MIN_KEY} bytes, {@value #DEFAULT_LENGTH} in a new one
 * @param salt at least {@value #MIN_SALT} bytes
 */
public record MasterSecret(Secret key, Bytes salt) {
  public static final int MIN_KEY = 16;
  public static final int MIN_SALT = 32;
  public static final int DEFAULT_LENGTH = 32;

  /** Far above any real one; a bound for what is read. */
  static final int MAX_LENGTH = 1024;

  public MasterSecret {
    if (key.length() < MIN_KEY || key.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a master secret has 16 to 1024 bytes");
    }
    if (salt.length() < MIN_SALT || salt.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("its salt has 32 to 1024 bytes");
    }
  }

  /** A new one, 32 random bytes each. */
  public static MasterSecret generate(SecureRandom random) {
    byte[] key = new byte[DEFAULT_LENGTH];
    byte[] salt = new byte[DEFAULT_LENGTH];
    random.nextBytes(key);
    random.nextBytes(salt);
    return new MasterSecret(Secret.takeOver(key), Bytes.of(salt));
  }

  /**
   * Reads the raw bytes that Kubernetes mounts from the Secret {@code constellation-mastersecret}.
   *
   * @throws IOException if a file cannot be read
   * @throws MalformedException if one is too short or too long
   */
  public static MasterSecret fromFiles(Path secret, Path salt)
      throws IOException, MalformedException {
    return MasterSecretFiles.readRaw(secret, salt);
  }

  /**
   * Reads the admin's file {@code constellation-mastersecret.json}.
   *
   * @throws IOException if the file cannot be read
   * @throws MalformedException if it is not {@code {"key": base64, "salt": base64}}
   */
  public static MasterSecret fromJson(Path file) throws IOException, MalformedException {
    return MasterSecretFiles.readJson(file);
  }

  /**
   * Writes the admin's file, mode 0600: whole or not at all, synced. Never replaces a file: it may
   * hold the only copy of another cluster's secret.
   *
   * @throws IOException if it exists or cannot be written
   */
  public void writeJson(Path file) throws IOException {
    MasterSecretFiles.writeJson(this, file);
  }

  /**
   * Reads {@code kms://cluster-kms?key=…&salt=…}.
   *
   * @throws KeyException if the URI names a KMS that this build does not serve
   * @throws MalformedException if it is not such a URI; the message holds nothing of it
   */
  public static MasterSecret fromKmsUri(String uri) throws KeyException, MalformedException {
    return KmsUri.parse(uri);
  }

  /** This secret as {@code kms://cluster-kms?key=…&salt=…}, ASCII. */
  public Secret toKmsUri() {
    return KmsUri.format(this);
  }

  static MasterSecret checked(Secret key, Bytes salt) throws MalformedException {
    check("master secret", key.length(), MIN_KEY);
    check("master secret's salt", salt.length(), MIN_SALT);
    return new MasterSecret(key, salt);
  }

  private static void check(String what, int length, int least) throws MalformedException {
    if (length < least || length > MAX_LENGTH) {
      throw new MalformedException(
          what, "has %d bytes, needs %d to %d".formatted(length, least, MAX_LENGTH));
    }
  }

  /** The lengths only. */
  @Override
  public String toString() {
    return "MasterSecret(" + key.length() + " bytes, salt of " + salt.length() + ")";
  }
}
