package dev.asterism.attestation.snp;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;

/**
 * The signature of a report (AMD 56860, ECDSA P-384 signature format).
 *
 * @param r 72 bytes, little endian
 * @param s 72 bytes, little endian
 */
public record SnpSignature(Bytes r, Bytes s) {
  private static final int NUMBER = 72;
  private static final int PADDING = SnpReport.LENGTH - SnpReport.SIGNED - 2 * NUMBER;
  private static final int DER_INTEGER = 0x02;
  private static final int DER_SEQUENCE = 0x30;

  static SnpSignature read(ByteReader in) throws MalformedException {
    Bytes r = in.bytes("signature.r", NUMBER);
    Bytes s = in.bytes("signature.s", NUMBER);
    int at = in.position();
    if (!in.bytes("signature.reserved", PADDING).isAllZero()) {
      throw new MalformedException("signature.reserved", at, "is not zero");
    }
    return new SnpSignature(r, s);
  }

  /** Of two positive numbers below 2^576. */
  static SnpSignature of(BigInteger r, BigInteger s) {
    return new SnpSignature(littleEndian(r), littleEndian(s));
  }

  Bytes encode() {
    return Bytes.concat(r, s, Bytes.zeros(PADDING));
  }

  /** Whether it is the key's over exactly {@code message}, by the JCA's preferred provider. */
  boolean isValid(ECPublicKey key, Bytes message) {
    BigInteger order = key.getParams().getOrder();
    BigInteger first = number(r);
    BigInteger second = number(s);
    if (!isScalar(first, order) || !isScalar(second, order)) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("SHA384withECDSA");
      verifier.initVerify(key);
      verifier.update(message.toArray());
      return verifier.verify(der(first, second));
    } catch (SignatureException | InvalidKeyException e) {
      // Providers differ in whether a bad signature is an answer or an exception.
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not verify ECDSA with SHA-384", e);
    }
  }

  /** Implementations that let a zero pass accept anything (CVE-2022-21449). */
  private static boolean isScalar(BigInteger number, BigInteger order) {
    return number.signum() > 0 && number.compareTo(order) < 0;
  }

  private static BigInteger number(Bytes littleEndian) {
    return new BigInteger(1, reversed(littleEndian.toArray()));
  }

  private static Bytes littleEndian(BigInteger number) {
    byte[] big = number.toByteArray();
    byte[] out = new byte[NUMBER];
    for (int i = 0; i < Math.min(big.length, NUMBER); i++) {
      out[i] = big[big.length - 1 - i];
    }
    return Bytes.of(out);
  }

  private static byte[] reversed(byte[] value) {
    byte[] out = new byte[value.length];
    for (int i = 0; i < value.length; i++) {
      out[i] = value[value.length - 1 - i];
    }
    return out;
  }

  /** ECDSA-Sig-Value (RFC 3279), DER; of P-384 it is shorter than 128 bytes. */
  private static byte[] der(BigInteger r, BigInteger s) {
    byte[] first = r.toByteArray();
    byte[] second = s.toByteArray();
    return new ByteWriter()
        .u8(DER_SEQUENCE)
        .u8(first.length + second.length + 4)
        .u8(DER_INTEGER)
        .u8(first.length)
        .bytes(first)
        .u8(DER_INTEGER)
        .u8(second.length)
        .bytes(second)
        .toBytes()
        .toArray();
  }
}
