package dev.asterism.crypto;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/**
 * ECDSA on NIST P-256 with SHA-256, keys and signatures raw as Intel's quotes hold them: x ‖ y and
 * r ‖ s, 32 bytes each, big endian.
 */
public final class EcdsaP256 {
  /** The length of a coordinate and of a scalar, in bytes. */
  public static final int WORD = 32;

  /** The length of a key and of a signature, in bytes. */
  public static final int LENGTH = 2 * WORD;

  private static final BigInteger P =
      hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  private static final BigInteger N =
      hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  private static final BigInteger B =
      hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
  private static final BigInteger MINUS_THREE = BigInteger.valueOf(-3);

  /** AlgorithmIdentifier id-ecPublicKey, prime256v1. */
  private static final Bytes ALGORITHM =
      Der.tlv(Der.SEQUENCE, Der.oid("1.2.840.10045.2.1"), Der.oid("1.2.840.10045.3.1.7"));

  /** SubjectPublicKeyInfo of an uncompressed point, up to the point. */
  private static final byte[] HEAD =
      Bytes.concat(
              Bytes.of(new byte[] {Der.SEQUENCE, 0x59}),
              ALGORITHM,
              Bytes.of(new byte[] {Der.BIT_STRING, LENGTH + 2, 0, 4}))
          .toArray();

  private static final int SPKI = HEAD.length + LENGTH;

  private EcdsaP256() {}

  /**
   * The key of a point, which must be on the curve.
   *
   * @param xy 64 bytes
   * @throws MalformedException naming {@code field}
   */
  public static PublicKey key(String field, Bytes xy) throws MalformedException {
    if (xy.length() != LENGTH || !isOnCurve(word(xy, 0), word(xy, WORD))) {
      throw new MalformedException(field, "is not a point of P-256");
    }
    Bytes point = Bytes.concat(Bytes.of(new byte[] {4}), xy);
    try {
      return KeyFactory.getInstance("EC")
          .generatePublic(
              new X509EncodedKeySpec(Der.tlv(Der.SEQUENCE, ALGORITHM, Der.bits(point)).toArray()));
    } catch (InvalidKeySpecException e) {
      throw new MalformedException(field, "is not a point of P-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no P-256", e);
    }
  }

  /** Whether {@code rs} is the key's signature over exactly {@code message}. */
  public static boolean verify(PublicKey key, Bytes rs, Bytes message) {
    if (rs.length() != LENGTH || !isP256(key)) {
      return false;
    }
    BigInteger r = word(rs, 0);
    BigInteger s = word(rs, WORD);
    // Implementations that let a zero pass accept anything (CVE-2022-21449).
    if (!isScalar(r) || !isScalar(s)) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("SHA256withECDSA");
      verifier.initVerify(key);
      verifier.update(message.toArray());
      return verifier.verify(der(r, s));
    } catch (SignatureException | InvalidKeyException e) {
      // Providers differ in whether a bad signature is an answer or an exception.
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not verify ECDSA", e);
    }
  }

  /** r ‖ s over {@code message}. */
  public static Bytes sign(PrivateKey key, Bytes message) {
    try {
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(key);
      signer.update(message.toArray());
      ByteReader in = Der.enter(Bytes.of(signer.sign()).reader("signature"), Der.SEQUENCE, "sig");
      return Bytes.concat(
          padded(Der.content(in, Der.INTEGER, "r")), padded(Der.content(in, Der.INTEGER, "s")));
    } catch (GeneralSecurityException | MalformedException e) {
      throw new IllegalStateException("this JDK does not sign with that key", e);
    }
  }

  /** x ‖ y of a key on P-256. */
  public static Bytes point(PublicKey key) {
    if (!isP256(key) || !(key instanceof ECPublicKey ec)) {
      throw new IllegalArgumentException("a key on P-256 is needed");
    }
    return Bytes.concat(
        padded(Bytes.of(ec.getW().getAffineX().toByteArray())),
        padded(Bytes.of(ec.getW().getAffineY().toByteArray())));
  }

  /** An integer as 32 bytes. */
  private static Bytes padded(Bytes number) {
    int zeros = Math.max(0, WORD - number.length());
    int extra = Math.max(0, number.length() - WORD);
    return Bytes.concat(Bytes.zeros(zeros), number.slice(extra, number.length()));
  }

  /** By its encoding: native keys work out their curve's parameters anew for whoever asks. */
  private static boolean isP256(PublicKey key) {
    byte[] spki = key.getEncoded();
    return spki != null
        && spki.length == SPKI
        && Arrays.equals(spki, 0, HEAD.length, HEAD, 0, HEAD.length);
  }

  private static boolean isScalar(BigInteger number) {
    return number.signum() > 0 && number.compareTo(N) < 0;
  }

  /** y² = x³ - 3x + b. The cofactor is 1: a point on the curve is in the group. */
  private static boolean isOnCurve(BigInteger x, BigInteger y) {
    if (x.compareTo(P) >= 0 || y.compareTo(P) >= 0) {
      return false;
    }
    BigInteger right = x.multiply(x).add(MINUS_THREE).multiply(x).add(B).mod(P);
    return y.multiply(y).mod(P).equals(right);
  }

  private static BigInteger word(Bytes value, int from) {
    return new BigInteger(1, value.slice(from, from + WORD).toArray());
  }

  /** ECDSA-Sig-Value (RFC 3279). */
  private static byte[] der(BigInteger r, BigInteger s) {
    byte[] rBytes = r.toByteArray();
    byte[] sBytes = s.toByteArray();
    return new ByteWriter()
        .u8(Der.SEQUENCE)
        .u8(rBytes.length + sBytes.length + 4)
        .u8(Der.INTEGER)
        .u8(rBytes.length)
        .bytes(rBytes)
        .u8(Der.INTEGER)
        .u8(sBytes.length)
        .bytes(sBytes)
        .toBytes()
        .toArray();
  }

  private static BigInteger hex(String number) {
    return new BigInteger(number, 16);
  }
}
