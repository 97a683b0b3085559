package dev.asterism.attestation.snp;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A revocation list that an ARK signed (AMD 57230, RFC 5280). Only {@link #verify} makes one.
 *
 * @param thisUpdate when it was signed
 * @param nextUpdate until when it counts
 */
record RevocationList(X509CRL list, Instant thisUpdate, Instant nextUpdate) {
  /** AMD's have a kilobyte. */
  static final int LARGEST = 256 * 1024;

  private static final int CRL_SIGN = 6;

  /**
   * Reads exactly one DER list and checks that {@code root} signed it, at no time in particular.
   */
  static RevocationList verify(Bytes der, X509Certificate root) throws MalformedException {
    X509CRL list = parse(der);
    if (!list.getIssuerX500Principal().equals(root.getSubjectX500Principal())) {
      throw new MalformedException("CRL", "is of another issuer");
    }
    boolean @Nullable [] usage = root.getKeyUsage();
    if (usage == null || !usage[CRL_SIGN]) {
      throw new MalformedException("CRL", "is of an ARK that may not sign lists");
    }
    try {
      if (!list.getSigAlgOID().equals(PssSignatures.OID)
          || !PssSignatures.verify(
              root.getPublicKey(), list.getTBSCertList(), list.getSignature())) {
        throw new MalformedException("CRL", "is not signed by the ARK");
      }
    } catch (CRLException e) {
      throw new MalformedException("CRL", "is not DER");
    }
    return new RevocationList(
        list, list.getThisUpdate().toInstant(), list.getNextUpdate().toInstant());
  }

  /** Reads exactly one DER list, and believes nothing of it. */
  static X509CRL parse(Bytes der) throws MalformedException {
    if (der.length() > LARGEST) {
      throw new MalformedException("CRL", "is larger than " + LARGEST + " bytes");
    }
    // The factory also takes PEM, and stops at the end of the first list.
    if (der.isEmpty() || der.at(0) != 0x30) {
      throw new MalformedException("CRL", "is not DER");
    }
    try {
      var list =
          (X509CRL)
              CertificateFactory.getInstance("X.509")
                  .generateCRL(new ByteArrayInputStream(der.toArray()));
      if (!Bytes.of(list.getEncoded()).equals(der)) {
        throw new MalformedException("CRL", "is not exactly one DER list");
      }
      if (list.getNextUpdate() == null) {
        throw new MalformedException("CRL", "does not say until when it counts");
      }
      // Deltas and lists of a part are marked by critical extensions, some of which the JDK knows.
      if (list.getCriticalExtensionOIDs() != null && !list.getCriticalExtensionOIDs().isEmpty()) {
        throw new MalformedException("CRL", "has critical extensions: it may not be whole");
      }
      return list;
    } catch (CRLException | CertificateException e) {
      throw new MalformedException("CRL", "is not DER");
    }
  }

  boolean isCurrentAt(Instant at) {
    return !at.isBefore(thisUpdate) && !at.isAfter(nextUpdate);
  }

  /**
   * The first of the certificates that it revokes. A serial number without an issuer is one of the
   * ARK's own; a leaf that has it is taken to be meant, since nobody signs lists of leaves.
   */
  Optional<X509Certificate> revoked(List<X509Certificate> certificates) {
    return certificates.stream()
        .filter(c ->
            list.getRevokedCertificate(c) != null
                || list.getRevokedCertificate(c.getSerialNumber()) != null)
        .findFirst();
  }
}
