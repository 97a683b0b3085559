package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes the certificate that one side of a connection presents (wire contract, section 3): X.509
 * v3, ECDSA P-256 with SHA-256, at most one non-critical extension and no other.
 */
public final class SelfSignedCertificate {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Bytes VERSION_3 =
      Der.tlv(Der.context(0), Der.tlv(Der.INTEGER, Bytes.of(new byte[] {2})));

  /** ecdsa-with-SHA256, RFC 5758. */
  static final Bytes ECDSA_SHA256 = Der.tlv(Der.SEQUENCE, Der.oid("1.2.840.10045.4.3.2"));

  private SelfSignedCertificate() {}

  /**
   * A non-critical extension.
   *
   * @param oid dotted
   * @param value the content of extnValue's OCTET STRING
   */
  public record Extension(String oid, Bytes value) {}

  /**
   * Mints a certificate with a random positive 128-bit serial number.
   *
   * @param key on P-256
   * @param commonName the only part of subject and issuer
   * @param notBefore valid from that second
   * @param notAfter to that second, both included
   * @param extension null for a side that does not attest
   * @return the certificate in DER
   */
  public static Bytes mint(
      KeyPair key,
      String commonName,
      Instant notBefore,
      Instant notAfter,
      @Nullable Extension extension) {
    Bytes name = DistinguishedNames.ofCommonName(commonName);
    Bytes signed =
        Der.tlv(
            Der.SEQUENCE,
            VERSION_3,
            serial(),
            ECDSA_SHA256,
            name,
            Der.tlv(Der.SEQUENCE, Der.time(notBefore), Der.time(notAfter)),
            name,
            Bytes.of(key.getPublic().getEncoded()),
            extension == null ? Bytes.EMPTY : extensions(extension));
    return Der.tlv(Der.SEQUENCE, signed, ECDSA_SHA256, Der.bits(sign(key, signed)));
  }

  private static Bytes extensions(Extension extension) {
    return Der.tlv(
        Der.context(3),
        Der.tlv(
            Der.SEQUENCE,
            Der.tlv(
                Der.SEQUENCE,
                Der.oid(extension.oid()),
                Der.tlv(Der.OCTET_STRING, extension.value()))));
  }

  /** 128 random bits behind a zero byte where the sign bit would be set; never zero. */
  private static Bytes serial() {
    byte[] bits = new byte[16];
    do {
      RANDOM.nextBytes(bits);
    } while (bits[0] == 0);
    return bits[0] < 0
        ? Der.tlv(Der.INTEGER, Bytes.zeros(1), Bytes.of(bits))
        : Der.tlv(Der.INTEGER, Bytes.of(bits));
  }

  private static Bytes sign(KeyPair key, Bytes message) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key.getPrivate());
      signature.update(message.toArray());
      return Bytes.of(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key on P-256 does not sign", e);
    }
  }
}
