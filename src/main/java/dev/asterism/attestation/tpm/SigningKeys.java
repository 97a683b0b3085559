package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;

/**
 * Public keys of attestation keys, checked before any arithmetic is done with them: what a stranger
 * presents as a key must not make a verification slow or meaningless.
 */
public final class SigningKeys {
  private static final int RSA_MIN_BITS = 2048;
  private static final int RSA_MAX_BITS = 4096;
  private static final long F4 = 65537;

  /** How an uncompressed point begins. */
  public static final int UNCOMPRESSED = 4;

  private static final ECParameterSpec P256 = curve("secp256r1");
  private static final ECParameterSpec P384 = curve("secp384r1");

  private SigningKeys() {}

  static PublicKey rsa(TpmtPublic.Rsa area) throws MalformedException {
    BigInteger modulus = new BigInteger(1, area.modulus().toArray());
    if (modulus.bitLength() != area.keyBits() || area.modulus().length() * 8 != area.keyBits()) {
      throw new MalformedException("unique", "is not a modulus of keyBits bits");
    }
    BigInteger exponent = BigInteger.valueOf(area.exponent() == 0 ? F4 : area.exponent());
    checkRsa(modulus, exponent);
    return generate("RSA", new RSAPublicKeySpec(modulus, exponent));
  }

  static PublicKey ecc(TpmtPublic.Ecc area) throws MalformedException {
    ECParameterSpec curve =
        switch (area.curve()) {
          case Tpm2.ECC_NIST_P256 -> P256;
          case Tpm2.ECC_NIST_P384 -> P384;
          default -> throw new MalformedException("curveID", "is neither P-256 nor P-384");
        };
    ECPoint point = new ECPoint(unsigned(area.x()), unsigned(area.y()));
    checkPoint(curve, point);
    return generate("EC", new ECPublicKeySpec(point, curve));
  }

  /** Makes an RSA key of numbers that somebody presents (big endian, unsigned). */
  public static PublicKey ofRsa(Bytes modulus, Bytes exponent) throws MalformedException {
    BigInteger n = unsigned(modulus);
    BigInteger e = unsigned(exponent);
    checkRsa(n, e);
    return generate("RSA", new RSAPublicKeySpec(n, e));
  }

  /** Reads a DER SubjectPublicKeyInfo. */
  public static PublicKey ofSpki(String field, Bytes spki) throws MalformedException {
    for (String type : new String[] {"RSA", "EC"}) {
      try {
        return check(
            KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(spki.toArray())));
      } catch (InvalidKeySpecException e) {
        // Not of this type: the next may fit.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK has no " + type, e);
      }
    }
    throw new MalformedException(field, "is not the SubjectPublicKeyInfo of an RSA or EC key");
  }

  /** The key of a certificate. */
  public static PublicKey of(X509Certificate certificate) throws MalformedException {
    return ofSpki("certificate", Bytes.of(certificate.getPublicKey().getEncoded()));
  }

  /** Reads an uncompressed point of P-256 or P-384 (SEC 1, section 2.3.3). */
  public static PublicKey ofPoint(String field, Bytes point) throws MalformedException {
    for (ECParameterSpec curve : new ECParameterSpec[] {P256, P384}) {
      int size = (curve.getCurve().getField().getFieldSize() + Byte.SIZE - 1) / Byte.SIZE;
      if (point.length() == 1 + 2 * size && point.at(0) == UNCOMPRESSED) {
        ECPoint w =
            new ECPoint(
                unsigned(point.slice(1, 1 + size)), unsigned(point.slice(1 + size, 1 + 2 * size)));
        checkPoint(curve, w);
        return generate("EC", new ECPublicKeySpec(w, curve));
      }
    }
    throw new MalformedException(field, "is not an uncompressed point of P-256 or P-384");
  }

  /** SHA-256 of the DER SubjectPublicKeyInfo. */
  public static Bytes spkiSha256(PublicKey key) {
    return Digests.SHA256.of(Bytes.of(key.getEncoded()));
  }

  private static PublicKey check(PublicKey key) throws MalformedException {
    switch (key) {
      case RSAPublicKey rsa -> checkRsa(rsa.getModulus(), rsa.getPublicExponent());
      case ECPublicKey ec -> checkPoint(supported(ec.getParams()), ec.getW());
      default -> throw new MalformedException("key", "is neither RSA nor EC");
    }
    return key;
  }

  private static void checkRsa(BigInteger modulus, BigInteger exponent) throws MalformedException {
    int bits = modulus.bitLength();
    if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS) {
      throw new MalformedException(
          "unique", "is not a modulus of " + RSA_MIN_BITS + " to " + RSA_MAX_BITS + " bits");
    }
    if (!modulus.testBit(0)) {
      throw new MalformedException("unique", "is an even modulus");
    }
    // Small exponents make forgeries easy, large ones make verification slow.
    if (!exponent.testBit(0) || exponent.bitLength() > 32 || exponent.longValue() < F4) {
      throw new MalformedException("exponent", "is not an odd number from 65537 to 2^32");
    }
  }

  static ECParameterSpec supported(ECParameterSpec curve) throws MalformedException {
    for (ECParameterSpec known : new ECParameterSpec[] {P256, P384}) {
      if (curve.getCurve().equals(known.getCurve())
          && curve.getGenerator().equals(known.getGenerator())
          && curve.getOrder().equals(known.getOrder())) {
        return known;
      }
    }
    throw new MalformedException("curveID", "is neither P-256 nor P-384");
  }

  /** y² = x³ + ax + b. Both curves have cofactor 1: a point on the curve is in the group. */
  static void checkPoint(ECParameterSpec curve, ECPoint point) throws MalformedException {
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    if (point.equals(ECPoint.POINT_INFINITY) || !isOf(p, x) || !isOf(p, y)) {
      throw new MalformedException("unique", "is not a point of the curve's field");
    }
    BigInteger right =
        x.multiply(x).add(curve.getCurve().getA()).multiply(x).add(curve.getCurve().getB()).mod(p);
    if (!y.multiply(y).mod(p).equals(right)) {
      throw new MalformedException("unique", "is not a point on the curve");
    }
  }

  private static boolean isOf(BigInteger p, BigInteger number) {
    return number.signum() >= 0 && number.compareTo(p) < 0;
  }

  private static PublicKey generate(String type, java.security.spec.KeySpec spec)
      throws MalformedException {
    try {
      return KeyFactory.getInstance(type).generatePublic(spec);
    } catch (InvalidKeySpecException e) {
      throw new MalformedException("unique", "is not a usable " + type + " key");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + type, e);
    }
  }

  private static BigInteger unsigned(Bytes value) {
    return new BigInteger(1, value.toArray());
  }

  private static ECParameterSpec curve(String name) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no curve " + name, e);
    }
  }
}
