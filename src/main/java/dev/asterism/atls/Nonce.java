package dev.asterism.atls;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.SecureRandom;

/** What one side of a connection sends so that the other's evidence is fresh. */
final class Nonce {
  static final int LENGTH = 32;

  private Nonce() {}

  static Bytes random(SecureRandom random) {
    byte[] value = new byte[LENGTH];
    random.nextBytes(value);
    return Bytes.of(value);
  }

  /**
   * Reads standard base64 with padding, in its one canonical spelling.
   *
   * @throws MalformedException if it is anything else
   */
  static Bytes parse(String field, String base64) throws MalformedException {
    Bytes value = Bytes.ofBase64(field, base64);
    if (!value.base64().equals(base64)) {
      throw new MalformedException(field, "is not standard base64 with padding");
    }
    return value;
  }
}
