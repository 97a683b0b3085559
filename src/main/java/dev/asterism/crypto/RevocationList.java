package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;

/** A certificate revocation list (RFC 5280, section 5): complete, direct, and of one issuer. */
public final class RevocationList {
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int CRL_SIGN = 6;

  private final X509CRL crl;
  private final Instant nextUpdate;

  private RevocationList(X509CRL crl, Instant nextUpdate) {
    this.crl = crl;
    this.nextUpdate = nextUpdate;
  }

  /** Exactly one DER list, nothing trailing. */
  public static RevocationList parse(String what, Bytes der) throws MalformedException {
    if (der.length() > MAX_BYTES) {
      throw new MalformedException(what, "is larger than " + MAX_BYTES + " bytes");
    }
    // The factory also takes PEM, and stops at the end of the first list.
    if (der.isEmpty() || der.at(0) != Der.SEQUENCE) {
      throw new MalformedException(what, "is not a DER revocation list");
    }
    X509CRL crl;
    try {
      crl =
          (X509CRL)
              CertificateFactory.getInstance("X.509")
                  .generateCRL(new ByteArrayInputStream(der.toArray()));
      if (!Bytes.of(crl.getEncoded()).equals(der)) {
        throw new MalformedException(what, "is not exactly one DER revocation list");
      }
    } catch (CRLException | CertificateException e) {
      throw new MalformedException(what, "is not a DER revocation list");
    }
    // Deltas and lists of a part are marked by critical extensions, some of which the JDK knows.
    if (crl.getCriticalExtensionOIDs() != null && !crl.getCriticalExtensionOIDs().isEmpty()) {
      throw new MalformedException(what, "has critical extensions: it may not be whole");
    }
    Date next = crl.getNextUpdate();
    if (next == null) {
      throw new MalformedException(what, "does not say until when it holds");
    }
    return new RevocationList(crl, next.toInstant());
  }

  /** Whether that authority issued it. */
  public boolean isIssuedBy(X509Certificate authority) {
    boolean[] usage = authority.getKeyUsage();
    String algorithm = crl.getSigAlgName().toUpperCase(Locale.ROOT);
    if (!crl.getIssuerX500Principal().equals(authority.getSubjectX500Principal())
        || (usage != null && !usage[CRL_SIGN])
        || algorithm.startsWith("SHA1")
        || algorithm.startsWith("MD")) {
      return false;
    }
    try {
      crl.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Whether it lists a certificate of its issuer. */
  public boolean lists(X509Certificate certificate) {
    return crl.getRevokedCertificate(certificate) != null;
  }

  /** When it was issued. */
  public Instant thisUpdate() {
    return crl.getThisUpdate().toInstant();
  }

  /** When its successor is due: it counts until then. */
  public Instant nextUpdate() {
    return nextUpdate;
  }

  /** Whom it is of, for people. */
  public String issuer() {
    return crl.getIssuerX500Principal().getName();
  }
}
