package dev.asterism.disk.standalone;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** PBKDF2-HMAC-SHA256 over a passphrase of any bytes. */
final class PassphraseCheck {
  /** Few: what it guards are 32 random bytes. */
  private static final int ITERATIONS = 4_096;

  private static final int LENGTH_BITS = 256;

  private PassphraseCheck() {}

  static Bytes of(Secret passphrase, Bytes salt) {
    return passphrase.use(bytes -> {
      // Hashed first: HMAC takes keys that differ in trailing zeros for the same.
      byte[] digest = Digests.SHA256.start().digest(bytes);
      char[] chars = HexFormat.of().formatHex(digest).toCharArray();
      var spec = new PBEKeySpec(chars, salt.toArray(), ITERATIONS, LENGTH_BITS);
      Arrays.fill(digest, (byte) 0);
      Arrays.fill(chars, '\0');
      try {
        return Bytes.of(
            SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK has no PBKDF2WithHmacSHA256", e);
      } finally {
        spec.clearPassword();
      }
    });
  }
}
