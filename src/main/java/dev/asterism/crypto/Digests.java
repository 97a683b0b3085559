package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hashes of public bytes. */
public enum Digests {
  SHA1("SHA-1", 20),
  SHA256("SHA-256", 32),
  SHA384("SHA-384", 48),
  SHA512("SHA-512", 64);

  private final String algorithm;
  private final int length;

  Digests(String algorithm, int length) {
    this.algorithm = algorithm;
    this.length = length;
  }

  /** The JCA name. */
  public String algorithm() {
    return algorithm;
  }

  /** The digest's length in bytes. */
  public int length() {
    return length;
  }

  /** The hash over the parts, one after the other. */
  public Bytes of(Bytes... parts) {
    MessageDigest digest = start();
    for (Bytes part : parts) {
      part.updateTo(digest);
    }
    return Bytes.of(digest.digest());
  }

  public MessageDigest start() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    }
  }
}
