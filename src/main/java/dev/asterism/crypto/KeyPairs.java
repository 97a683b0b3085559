package dev.asterism.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/** New key pairs, from whichever provider the process prefers. */
public final class KeyPairs {
  private KeyPairs() {}

  /** A fresh key on NIST P-256. */
  public static KeyPair ecP256() {
    return ec("secp256r1");
  }

  /** A fresh key on NIST P-384. */
  public static KeyPair ecP384() {
    return ec("secp384r1");
  }

  private static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make keys on " + curve, e);
    }
  }
}
