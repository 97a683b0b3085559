package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import org.junit.jupiter.api.Test;

/** RFC 8032, section 7.1, test 2. */
class Ed25519KeysTest {
  private static final String SEED =
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
  private static final String PUBLIC_KEY =
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
  private static final String SIGNATURE =
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

  @Test
  void givesThePublicKeyOfTheRfc() throws Exception {
    assertEquals(PUBLIC_KEY, Ed25519Keys.publicKey(seed()).hex());
  }

  @Test
  void givesTheSignatureOfTheRfc() throws Exception {
    assertEquals(SIGNATURE, Ed25519Keys.sign(seed(), Bytes.ofHex("message", "72")).hex());
  }

  @Test
  void refusesASeedOfAnotherLength() {
    Secret shortSeed = Secret.copyOf(new byte[31]);
    assertThrows(IllegalArgumentException.class, () -> Ed25519Keys.publicKey(shortSeed));
    assertThrows(IllegalArgumentException.class, () -> Ed25519Keys.sign(shortSeed, Bytes.EMPTY));
  }

  @Test
  void knowsPointsFromOtherBytes() throws Exception {
    assertTrue(Ed25519Keys.isPublicKey(Bytes.ofHex("key", PUBLIC_KEY)));
    assertFalse(Ed25519Keys.isPublicKey(Bytes.zeros(31)));
    assertFalse(Ed25519Keys.isPublicKey(Bytes.zeros(32)), "a point of small order");
    assertFalse(Ed25519Keys.isPublicKey(Bytes.ofHex("key", "02" + "00".repeat(31))), "no point");
  }

  private static Secret seed() throws Exception {
    return Secret.copyOf(Bytes.ofHex("seed", SEED));
  }
}
