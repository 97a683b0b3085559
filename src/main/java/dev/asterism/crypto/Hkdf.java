package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/** HKDF (RFC 5869) with HMAC-SHA256, extract and expand in one step. */
public final class Hkdf {
  /** What HKDF-Expand can give: 255 blocks of the hash. */
  public static final int MAX_LENGTH = 255 * 32;

  private Hkdf() {}

  /**
   * Derives a key.
   *
   * @param salt may be empty: then HKDF takes a block of zeros
   * @param info binds the key to its use, may be empty
   * @param length of the key in bytes, 1 to {@link #MAX_LENGTH}
   */
  public static Secret sha256(Secret ikm, Bytes salt, Bytes info, int length) {
    if (length < 1 || length > MAX_LENGTH) {
      throw new IllegalArgumentException("HKDF-SHA256 gives 1 to " + MAX_LENGTH + " bytes");
    }
    return ikm.use(key -> {
      var parameters =
          HKDFParameterSpec.ofExtract()
              .addIKM(key)
              .addSalt(salt.toArray())
              .thenExpand(info.toArray(), length);
      try {
        return Secret.takeOver(KDF.getInstance("HKDF-SHA256").deriveData(parameters));
      } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
        throw new IllegalStateException("this JDK has no HKDF-SHA256", e);
      }
    });
  }
}
