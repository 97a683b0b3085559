package dev.asterism.attestation.tdx;

import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * The certificates that a quote carries: Intel's for the platform's provisioning certification key,
 * its issuer, the root. Parsed, not verified.
 *
 * @param pem all three, as they came, a character for each byte
 */
record PckChain(
    String pem,
    X509Certificate pck,
    X509Certificate issuer,
    X509Certificate root,
    PckExtension extension) {
  private static final String WHAT = "pckChain";
  private static final int CERTIFICATES = 3;

  /** Reads PEM: the three, in that order. A NUL, or several, may end it, as Intel writes it. */
  static PckChain parse(Bytes pem) throws MalformedException {
    return parse(text(pem));
  }

  /** Reads the three, without what may end them. */
  static PckChain parse(String text) throws MalformedException {
    return of(text, Pem.certificates(WHAT, text));
  }

  /** A character for each byte, without what may end it. */
  static String text(Bytes pem) {
    int length = pem.length();
    while (length > 0 && pem.at(length - 1) == 0) {
      length--;
    }
    return new String(pem.toArray(), 0, length, StandardCharsets.ISO_8859_1);
  }

  /** Whether all three are valid at that time. */
  boolean isValidAt(Instant at) {
    return period(pck).during(period(issuer)).during(period(root)).holds(at);
  }

  /** Whether the text is that of the three and nothing else; nobody signed how they are spelled. */
  boolean isPlain() {
    String plain = Pem.encode(pck) + Pem.encode(issuer) + Pem.encode(root);
    return pem.equals(plain) || pem.equals(plain.stripTrailing());
  }

  private static Period period(X509Certificate certificate) {
    return new Period(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  private static PckChain of(String pem, List<X509Certificate> certificates)
      throws MalformedException {
    if (certificates.size() != CERTIFICATES) {
      throw new MalformedException(WHAT, "does not hold exactly three certificates");
    }
    byte[] extension = certificates.get(0).getExtensionValue(PckExtension.OID);
    if (extension == null) {
      throw new MalformedException(WHAT, "begins with a certificate that is not of a PCK");
    }
    return new PckChain(
        pem,
        certificates.get(0),
        certificates.get(1),
        certificates.get(2),
        PckExtension.parse(Bytes.of(extension)));
  }
}
