package dev.asterism.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** New key pairs, from whichever provider the process prefers. */
public final class KeyPairs {
  /** Length of an Ed25519 seed in bytes (RFC 8032, section 5.1.5). */
  public static final int ED25519_SEED_LENGTH = 32;

  private static final byte[] ED25519_PKCS8_PREFIX =
      HexFormat.of().parseHex("302e020100300506032b657004220420");
  private static final byte[] ED25519_SPKI_PREFIX =
      HexFormat.of().parseHex("302a300506032b6570032100");

  private KeyPairs() {}

  /** A fresh key on NIST P-256. */
  public static KeyPair ecP256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make P-256 keys", e);
    }
  }

  /**
   * The Ed25519 key of that seed (RFC 8032, section 5.1.5).
   *
   * @param seed 32 bytes; still the caller's to close
   */
  public static KeyPair ed25519FromSeed(Secret seed) {
    if (seed.length() != ED25519_SEED_LENGTH) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, this has " + seed.length());
    }
    return seed.use(KeyPairs::ed25519);
  }

  private static KeyPair ed25519(byte[] seed) {
    byte[] pkcs8 = concat(ED25519_PKCS8_PREFIX, seed);
    byte[] point = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(seed, 0, point, 0);
    try {
      KeyFactory factory = KeyFactory.getInstance("Ed25519");
      return new KeyPair(
          factory.generatePublic(new X509EncodedKeySpec(concat(ED25519_SPKI_PREFIX, point))),
          factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make Ed25519 keys", e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static byte[] concat(byte[] head, byte[] tail) {
    byte[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
