package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.GullibleSignatures;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
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

  @Test
  void numbersOutsideTheGroupReachNoImplementation() {
    BigInteger order = ((ECPublicKey) pair.getPublic()).getParams().getOrder();
    try (var _ = GullibleSignatures.of("SHA256withECDSA")) {
      BigInteger largest = order.subtract(BigInteger.ONE);
      assertTrue(EcdsaP256.verify(pair.getPublic(), words(BigInteger.ONE, largest), MESSAGE));
      assertTrue(EcdsaP256.verify(pair.getPublic(), words(largest, BigInteger.ONE), MESSAGE));
      for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, order, order.add(BigInteger.ONE)}) {
        assertFalse(EcdsaP256.verify(pair.getPublic(), words(bad, BigInteger.ONE), MESSAGE));
        assertFalse(EcdsaP256.verify(pair.getPublic(), words(BigInteger.ONE, bad), MESSAGE));
      }
      assertFalse(EcdsaP256.verify(pair.getPublic(), signature.slice(0, 63), MESSAGE));
      assertFalse(
          EcdsaP256.verify(pair.getPublic(), Bytes.concat(signature, Bytes.zeros(1)), MESSAGE));
    }
  }

  @Test
  void coordinatesAreOfTheField() throws MalformedException {
    BigInteger p =
        ((ECFieldFp) ((ECPublicKey) pair.getPublic()).getParams().getCurve().getField()).getP();
    // A point with an x and one with a y so small that both spellings have 32 bytes.
    BigInteger zero = BigInteger.ZERO;
    BigInteger y =
        new BigInteger("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4", 16);
    BigInteger x =
        new BigInteger("09e78d4ef60d05f750f6636209092bc43cbdd6b47e11a9de20a9feb2a50bb96c", 16);
    EcdsaP256.key("key", words(zero, y));
    EcdsaP256.key("key", words(x, BigInteger.ONE));
    Bytes largeX = words(p, y);
    Bytes largeY = words(x, BigInteger.ONE.add(p));
    assertThrows(MalformedException.class, () -> EcdsaP256.key("key", largeX));
    assertThrows(MalformedException.class, () -> EcdsaP256.key("key", largeY));
  }

  @Test
  void aKeyOfAnotherKindHasNoPointAndVerifiesNothing() {
    var rsa = PssAuthority.newKey(2048).getPublic();
    assertThrows(IllegalArgumentException.class, () -> EcdsaP256.point(rsa));
    var larger = KeyPairs.ecP384().getPublic();
    assertThrows(IllegalArgumentException.class, () -> EcdsaP256.point(larger));
    try (var _ = GullibleSignatures.of("SHA256withECDSA")) {
      assertFalse(EcdsaP256.verify(rsa, signature, MESSAGE));
    }
  }

  @Test
  void aKeyIsOneOfP256ByAllOfItsEncoding() {
    byte[] good = pair.getPublic().getEncoded();
    byte[] otherCurve = good.clone();
    otherCurve[22] ^= 1;
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    try (var _ = GullibleSignatures.of("SHA256withECDSA")) {
      assertTrue(EcdsaP256.verify(new Encoded(good), signature, MESSAGE));
      for (byte[] bad : new byte[][] {null, otherCurve, longer}) {
        assertFalse(EcdsaP256.verify(new Encoded(bad), signature, MESSAGE));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> EcdsaP256.point(new Encoded(good)));
  }

  @Test
  void aKeyThatNoImplementationTakesVerifiesNothing() {
    byte[] beside = pair.getPublic().getEncoded();
    beside[beside.length - 1] ^= 1;
    assertFalse(EcdsaP256.verify(new Encoded(beside), signature, MESSAGE));
  }

  /** A key of which nothing is known but how it is written. */
  private record Encoded(byte @Nullable [] spki) implements PublicKey {
    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return "X.509";
    }

    @Override
    public byte @Nullable [] getEncoded() {
      return spki;
    }
  }

  private static Bytes words(BigInteger one, BigInteger other) {
    try {
      return Bytes.ofHex("words", "%064x%064x".formatted(one, other));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
