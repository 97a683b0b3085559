package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.security.interfaces.ECPublicKey;
import org.junit.jupiter.api.Test;

class KeyPairsTest {
  @Test
  void makesANewKeyOnP256EachTime() {
    ECPublicKey first = (ECPublicKey) KeyPairs.ecP256().getPublic();

    assertEquals(256, first.getParams().getOrder().bitLength());
    assertEquals(91, first.getEncoded().length);
    assertNotEquals(first, KeyPairs.ecP256().getPublic());
  }
}
