package dev.asterism.keys;

import dev.asterism.crypto.Hkdf;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;

/** Derives every data key from one master secret: HKDF-SHA256 with the info {@code key-<id>}. */
public final class HkdfKeySource implements KeySource {
  /** The longest key given, in bytes. */
  public static final int MAX_LENGTH = 128;

  private static final String INFO_PREFIX = "key-";

  private final Secret masterSecret;
  private final Bytes salt;

  /** Uses {@code masterSecret} as long as it is open, and does not close it. */
  public HkdfKeySource(Secret masterSecret, Bytes salt) {
    this.masterSecret = masterSecret;
    this.salt = salt;
  }

  @Override
  public Secret dataKey(String id, int length) throws KeyException {
    if (id.isEmpty()) {
      throw new KeyException(KeyException.Reason.INVALID, "the id of the data key is empty");
    }
    if (length < 1 || length > MAX_LENGTH) {
      throw new KeyException(
          KeyException.Reason.INVALID, "a data key has 1 to " + MAX_LENGTH + " bytes");
    }
    return derive(masterSecret, salt, id, length);
  }

  static Secret derive(Secret secret, Bytes salt, String id, int length) {
    return Hkdf.sha256(secret, salt, Bytes.ofUtf8(INFO_PREFIX + id), length);
  }
}
