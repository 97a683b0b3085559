package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Verifies signatures in the TPM's forms by the JCA's preferred provider. */
final class Signatures {
  private static final int DER_INTEGER = 0x02;
  private static final int DER_SEQUENCE = 0x30;

  private Signatures() {}

  /** Whether it is the key's signature over exactly {@code message}. */
  static boolean verify(PublicKey key, TpmtSignature signature, Bytes message) {
    try {
      return switch (signature) {
        case TpmtSignature.Rsa rsa ->
            key instanceof RSAPublicKey rsaKey && verifyRsa(rsaKey, rsa, message);
        case TpmtSignature.Ecdsa ecdsa ->
            key instanceof ECPublicKey ecKey && verifyEcdsa(ecKey, ecdsa, message);
      };
    } catch (SignatureException | InvalidKeyException e) {
      // Providers differ in whether a bad signature is an answer or an exception.
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not verify " + signature.hash(), e);
    }
  }

  private static boolean verifyRsa(RSAPublicKey key, TpmtSignature.Rsa signature, Bytes message)
      throws GeneralSecurityException {
    int length = (key.getModulus().bitLength() + Byte.SIZE - 1) / Byte.SIZE;
    if (signature.sig().length() != length) {
      return false;
    }
    Digests hash = signature.hash();
    if (signature.scheme() == Tpm2.ALG_RSASSA) {
      return verify(Signature.getInstance(name(hash) + "withRSA"), key, signature.sig(), message);
    }
    // TPMs of revision 1.38 and later salt as long as the hash, older ones as long as fits.
    int longest = length - hash.length() - 2;
    return verifyPss(key, signature, message, hash.length())
        || verifyPss(key, signature, message, longest);
  }

  private static boolean verifyPss(
      RSAPublicKey key, TpmtSignature.Rsa signature, Bytes message, int saltLength)
      throws GeneralSecurityException {
    String hash = signature.hash().algorithm();
    Signature verifier = Signature.getInstance("RSASSA-PSS");
    verifier.setParameter(
        new PSSParameterSpec(
            hash,
            "MGF1",
            new MGF1ParameterSpec(hash),
            saltLength,
            PSSParameterSpec.TRAILER_FIELD_BC));
    try {
      return verify(verifier, key, signature.sig(), message);
    } catch (SignatureException e) {
      return false;
    }
  }

  private static boolean verifyEcdsa(ECPublicKey key, TpmtSignature.Ecdsa signature, Bytes message)
      throws GeneralSecurityException {
    BigInteger order = key.getParams().getOrder();
    BigInteger r = new BigInteger(1, signature.r().toArray());
    BigInteger s = new BigInteger(1, signature.s().toArray());
    if (!isScalar(r, order) || !isScalar(s, order)) {
      return false;
    }
    Signature verifier = Signature.getInstance(name(signature.hash()) + "withECDSA");
    return verify(verifier, key, der(r, s), message);
  }

  private static boolean verify(Signature verifier, PublicKey key, Bytes signature, Bytes message)
      throws GeneralSecurityException {
    verifier.initVerify(key);
    verifier.update(message.toArray());
    return verifier.verify(signature.toArray());
  }

  /** Implementations that let a zero pass accept anything (CVE-2022-21449). */
  private static boolean isScalar(BigInteger number, BigInteger order) {
    return number.signum() > 0 && number.compareTo(order) < 0;
  }

  /** ECDSA-Sig-Value (RFC 3279), DER. */
  private static Bytes der(BigInteger r, BigInteger s) {
    byte[] rBytes = r.toByteArray();
    byte[] sBytes = s.toByteArray();
    // Both below 128 bytes together: P-384 has 2 · (2 + 49).
    return new ByteWriter()
        .u8(DER_SEQUENCE)
        .u8(rBytes.length + sBytes.length + 4)
        .u8(DER_INTEGER)
        .u8(rBytes.length)
        .bytes(rBytes)
        .u8(DER_INTEGER)
        .u8(sBytes.length)
        .bytes(sBytes)
        .toBytes();
  }

  /** Reads ECDSA-Sig-Value: exactly DER, as another spelling would be another signature. */
  static TpmtSignature ofDer(String field, Digests hash, Bytes der) throws MalformedException {
    ByteReader in = der.reader(field);
    if (in.u8(field) != DER_SEQUENCE) {
      throw new MalformedException(field, "is not an ECDSA-Sig-Value");
    }
    ByteReader sequence = in.narrow(field, in.u8(field));
    in.end();
    BigInteger r = integer(field, sequence);
    BigInteger s = integer(field, sequence);
    sequence.end();
    if (!der(r, s).equals(der)) {
      throw new MalformedException(field, "is not DER");
    }
    return new TpmtSignature.Ecdsa(hash, Bytes.of(r.toByteArray()), Bytes.of(s.toByteArray()));
  }

  private static BigInteger integer(String field, ByteReader in) throws MalformedException {
    if (in.u8(field) != DER_INTEGER) {
      throw new MalformedException(field, "is not an ECDSA-Sig-Value");
    }
    Bytes number = in.bytes(field, in.u8(field));
    if (number.isEmpty() || number.at(0) >= 0x80) {
      throw new MalformedException(field, "holds a number below zero");
    }
    return new BigInteger(number.toArray());
  }

  private static String name(Digests hash) {
    return switch (hash) {
      case SHA1 -> "SHA1";
      case SHA256 -> "SHA256";
      case SHA384 -> "SHA384";
      case SHA512 -> "SHA512";
    };
  }
}
