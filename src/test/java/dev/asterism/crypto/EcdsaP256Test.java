package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import org.junit.jupiter.api.Test;

class EcdsaP256Test {
  private static final Bytes MESSAGE = Bytes.ofUtf8("message");

  private final KeyPair pair = KeyPairs.ecP256();
  private final Bytes signature = EcdsaP256.sign(pair.getPrivate(), MESSAGE);

  @Test
  void aKeyIsReadFromItsPoint() throws MalformedException {
    assertEquals(pair.getPublic(), EcdsaP256.key("key", EcdsaP256.point(pair.getPublic())));
  }

  @Test
  void aPointBesideTheCurveIsNoKey() {
    Bytes point = EcdsaP256.point(pair.getPublic());
    byte[] beside = point.toArray();
    beside[63] ^= 1;

    assertThrows(MalformedException.class, () -> EcdsaP256.key("key", Bytes.of(beside)));
    assertThrows(MalformedException.class, () -> EcdsaP256.key("key", Bytes.zeros(64)));
    assertThrows(MalformedException.class, () -> EcdsaP256.key("key", point.slice(0, 63)));
  }

  @Test
  void onlyTheKeysSignatureOverTheMessageHolds() {
    assertTrue(EcdsaP256.verify(pair.getPublic(), signature, MESSAGE));
    assertFalse(EcdsaP256.verify(pair.getPublic(), signature, Bytes.EMPTY));
    assertFalse(EcdsaP256.verify(KeyPairs.ecP256().getPublic(), signature, MESSAGE));
  }

  @Test
  void numbersOutsideTheGroupAreNoSignature() {
    Bytes ones = Bytes.of(new java.math.BigInteger(1, new byte[32]).not().toByteArray());
    for (Bytes bad :
        new Bytes[] {
          Bytes.zeros(64),
          Bytes.concat(Bytes.zeros(32), signature.slice(32, 64)),
          Bytes.concat(signature.slice(0, 32), Bytes.zeros(32)),
          signature.slice(0, 63),
          ones
        }) {
      assertFalse(EcdsaP256.verify(pair.getPublic(), bad, MESSAGE));
    }
  }
}
