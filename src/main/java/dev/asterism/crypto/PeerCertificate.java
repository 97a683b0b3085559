package dev.asterism.crypto;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A stranger's self-signed certificate of the one shape that the wire contract allows (section 3):
 * X.509 v3, a key on P-256, ECDSA with SHA-256, no critical extension. Read by hand: the JDK's
 * factory keeps the last 750 certificates, documents and all, behind one lock.
 *
 * @param signed the TBSCertificate, whole
 * @param publicKeyInfo the SubjectPublicKeyInfo in DER
 * @param extensions in the certificate's order, no two of one kind
 * @param signature of ECDSA, in DER
 */
public record PeerCertificate(
    Bytes signed,
    Bytes issuer,
    Bytes subject,
    Instant notBefore,
    Instant notAfter,
    Bytes publicKeyInfo,
    List<SelfSignedCertificate.Extension> extensions,
    Bytes signature) {
  /** Peers have one, or none. */
  private static final int MAX_EXTENSIONS = 8;

  /** SubjectPublicKeyInfo of an uncompressed point on P-256, up to the point's coordinates. */
  private static final Bytes P256_PREFIX =
      Bytes.concat(
          Bytes.of(new byte[] {0x30, 0x59}),
          Der.tlv(Der.SEQUENCE, Der.oid("1.2.840.10045.2.1"), Der.oid("1.2.840.10045.3.1.7")),
          Bytes.of(new byte[] {0x03, 0x42, 0x00, 0x04}));

  private static final int P256_LENGTH = P256_PREFIX.length() + 64;

  public PeerCertificate {
    extensions = List.copyOf(extensions);
  }

  /**
   * Reads a certificate.
   *
   * @throws MalformedException if it is not exactly one certificate of that shape
   */
  public static PeerCertificate parse(Bytes der) throws MalformedException {
    ByteReader in = der.reader("certificate");
    ByteReader certificate = Der.enter(in, Der.SEQUENCE, "certificate");
    int from = certificate.position();
    ByteReader tbs = Der.enter(certificate, Der.SEQUENCE, "tbsCertificate");
    Bytes signed = certificate.since(from);
    ByteReader version = Der.enter(tbs, Der.context(0), "version");
    if (!Der.content(version, Der.INTEGER, "version").equals(Bytes.of(new byte[] {2}))) {
      throw new MalformedException("version", "is not 3");
    }
    version.end();
    var _ = Der.content(tbs, Der.INTEGER, "serialNumber");
    algorithm(tbs);
    Bytes issuer = Der.whole(tbs, Der.SEQUENCE, "issuer");
    ByteReader validity = Der.enter(tbs, Der.SEQUENCE, "validity");
    Instant notBefore = Der.time(validity, "notBefore");
    Instant notAfter = Der.time(validity, "notAfter");
    validity.end();
    Bytes subject = Der.whole(tbs, Der.SEQUENCE, "subject");
    Bytes publicKeyInfo = Der.whole(tbs, Der.SEQUENCE, "subjectPublicKeyInfo");
    if (publicKeyInfo.length() != P256_LENGTH
        || !publicKeyInfo.slice(0, P256_PREFIX.length()).equals(P256_PREFIX)) {
      throw new MalformedException("subjectPublicKeyInfo", "is not a key on P-256");
    }
    List<SelfSignedCertificate.Extension> extensions =
        tbs.remaining() == 0 ? List.of() : extensions(tbs);
    tbs.end();
    algorithm(certificate);
    Bytes signature = Der.bits(certificate, "signatureValue");
    certificate.end();
    in.end();
    return new PeerCertificate(
        signed, issuer, subject, notBefore, notAfter, publicKeyInfo, extensions, signature);
  }

  /** Whether it is valid at that time; both ends included. */
  public boolean validAt(Instant at) {
    return !at.isBefore(notBefore) && !at.isAfter(notAfter);
  }

  /** Whether subject and issuer are one, and its own key made the signature. */
  public boolean selfSigned() {
    if (!issuer.equals(subject)) {
      return false;
    }
    try {
      Signature verification = Signature.getInstance("SHA256withECDSA");
      verification.initVerify(publicKey());
      verification.update(signed.toArray());
      return verification.verify(signature.toArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private PublicKey publicKey() throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePublic(new X509EncodedKeySpec(publicKeyInfo.toArray()));
  }

  private static void algorithm(ByteReader in) throws MalformedException {
    if (!Der.whole(in, Der.SEQUENCE, "signatureAlgorithm")
        .equals(SelfSignedCertificate.ECDSA_SHA256)) {
      throw new MalformedException("signatureAlgorithm", "is not ECDSA with SHA-256");
    }
  }

  private static List<SelfSignedCertificate.Extension> extensions(ByteReader tbs)
      throws MalformedException {
    ByteReader tagged = Der.enter(tbs, Der.context(3), "extensions");
    ByteReader list = Der.enter(tagged, Der.SEQUENCE, "extensions");
    tagged.end();
    var found = new ArrayList<SelfSignedCertificate.Extension>();
    var oids = new HashSet<String>();
    while (list.remaining() > 0) {
      ByteReader extension = Der.enter(list, Der.SEQUENCE, "extension");
      String oid = Der.oid(extension, "extnID");
      if (found.size() == MAX_EXTENSIONS) {
        throw new MalformedException("extensions", "are more than " + MAX_EXTENSIONS);
      }
      if (!oids.add(oid)) {
        throw new MalformedException("extnID", "is there twice: " + oid);
      }
      if (extension.peek() == Der.BOOLEAN) {
        throw new MalformedException("critical", "extension " + oid + " is critical");
      }
      Bytes value = Der.content(extension, Der.OCTET_STRING, "extnValue");
      extension.end();
      found.add(new SelfSignedCertificate.Extension(oid, value));
    }
    return found;
  }
}
