package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 (RFC 8032) with keys as the raw bytes that SSH and the key derivation know. The JDK gives
 * no public key for a seed, hence BouncyCastle.
 */
final class Ed25519Keys {
  static final int SEED = Ed25519.SECRET_KEY_SIZE;
  static final int PUBLIC_KEY = Ed25519.PUBLIC_KEY_SIZE;

  private Ed25519Keys() {}

  /** The 32-byte public key of a 32-byte seed. */
  static Bytes publicKey(Secret seed) {
    return checked(seed)
        .use(key -> {
          byte[] point = new byte[PUBLIC_KEY];
          Ed25519.generatePublicKey(key, 0, point, 0);
          return Bytes.of(point);
        });
  }

  /** The 64-byte signature. */
  static Bytes sign(Secret seed, Bytes message) {
    byte[] text = message.toArray();
    return checked(seed)
        .use(key -> {
          byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
          Ed25519.sign(key, 0, text, 0, text.length, signature, 0);
          return Bytes.of(signature);
        });
  }

  /** Whether the bytes are a point that a seed can lead to. */
  static boolean isPublicKey(Bytes key) {
    return key.length() == PUBLIC_KEY && Ed25519.validatePublicKeyFull(key.toArray(), 0);
  }

  private static Secret checked(Secret seed) {
    if (seed.length() != SEED) {
      throw new IllegalArgumentException("an Ed25519 seed has " + SEED + " bytes");
    }
    return seed;
  }
}
