package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority such as makers of hardware have: on P-256, its certificates hold extensions of its
 * own, and it revokes. For devices in software, whose root only a policy can make trusted.
 */
public final class VendorAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X509Certificate certificate;
  private final PrivateKey key;

  private VendorAuthority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** A certificate and its key, as they were kept. */
  public static VendorAuthority of(X509Certificate certificate, PrivateKey key) {
    return new VendorAuthority(certificate, key);
  }

  /** From when to when a certificate or a list counts. */
  public record Validity(Instant from, Instant to) {}

  /**
   * A new root.
   *
   * @param subject RFC 4514
   */
  public static VendorAuthority root(String subject, Validity validity) {
    KeyPair pair = KeyPairs.ecP256();
    X500Name name = Names.subject(subject);
    return new VendorAuthority(
        build(name, pair.getPrivate(), pair.getPublic(), name, validity, true, Map.of()),
        pair.getPrivate());
  }

  /** A new authority below this one. */
  public VendorAuthority authority(String subject, Validity validity) {
    KeyPair pair = KeyPairs.ecP256();
    return new VendorAuthority(
        build(name(), key, pair.getPublic(), Names.subject(subject), validity, true, Map.of()),
        pair.getPrivate());
  }

  /**
   * Certifies a key that is no authority's.
   *
   * @param extensions DER values by object identifier, not critical
   */
  public X509Certificate issue(
      PublicKey certified, String subject, Validity validity, Map<String, Bytes> extensions) {
    return build(name(), key, certified, Names.subject(subject), validity, false, extensions);
  }

  /** A list of revoked certificates, DER. */
  public Bytes revocationList(Validity validity, Collection<X509Certificate> revoked) {
    var builder = new X509v2CRLBuilder(name(), Date.from(validity.from()));
    builder.setNextUpdate(Date.from(validity.to()));
    for (X509Certificate one : revoked) {
      builder.addCRLEntry(
          one.getSerialNumber(), Date.from(validity.from()), CRLReason.keyCompromise);
    }
    try {
      return Bytes.of(
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("a revocation list of our own making is not one", e);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public PrivateKey key() {
    return key;
  }

  private X500Name name() {
    return Names.subject(certificate.getSubjectX500Principal());
  }

  private static X509Certificate build(
      X500Name issuer,
      PrivateKey issuerKey,
      PublicKey certified,
      X500Name subject,
      Validity validity,
      boolean authority,
      Map<String, Bytes> extensions) {
    var builder =
        new X509v3CertificateBuilder(
            issuer,
            new BigInteger(127, RANDOM).max(BigInteger.ONE),
            Date.from(validity.from()),
            Date.from(validity.to()),
            subject,
            SubjectPublicKeyInfo.getInstance(certified.getEncoded()));
    int usage = authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature;
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      for (Map.Entry<String, Bytes> extension : extensions.entrySet()) {
        builder.addExtension(
            new ASN1ObjectIdentifier(extension.getKey()), false, extension.getValue().toArray());
      }
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey);
      return Pem.certificate("certificate", Bytes.of(builder.build(signer).getEncoded()));
    } catch (IOException | OperatorCreationException | MalformedException e) {
      throw new IllegalStateException("a certificate of our own making is not one", e);
    }
  }
}
