package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
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

/**
 * An authority that signs as AMD's do: RSA, RSASSA-PSS with SHA-384 and a salt of 48 bytes; its
 * certificates hold extensions of its own, and it revokes. For devices in software, whose root only
 * a policy can make trusted.
 */
public final class PssAuthority {
  private final X509Certificate certificate;
  private final PrivateKey key;

  private PssAuthority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * What to certify.
   *
   * @param subject RFC 4514
   * @param extensions content of extnValue by dotted object identifier
   */
  public record Request(
      PublicKey key,
      String subject,
      BigInteger serial,
      Instant notBefore,
      Instant notAfter,
      boolean authority,
      Map<String, Bytes> extensions) {
    public Request {
      extensions = Map.copyOf(extensions);
    }
  }

  /**
   * A new RSA key.
   *
   * @param bits 4096 as AMD has it; shorter ones are made faster
   */
  public static KeyPair newKey(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make RSA keys", e);
    }
  }

  /** A root: {@code pair} certifies itself. */
  public static PssAuthority root(KeyPair pair, Request request) {
    X500Name name = Names.subject(request.subject());
    return new PssAuthority(build(name, pair.getPrivate(), request), pair.getPrivate());
  }

  /** An authority below this one. */
  public PssAuthority authority(KeyPair pair, Request request) {
    return new PssAuthority(issue(request), pair.getPrivate());
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public X509Certificate issue(Request request) {
    return build(name(), key, request);
  }

  /**
   * A list of what is revoked, DER.
   *
   * @param revoked serial numbers of certificates of this authority
   */
  public Bytes crl(Instant thisUpdate, Instant nextUpdate, Collection<BigInteger> revoked) {
    return crl(thisUpdate, nextUpdate, revoked, Map.of());
  }

  /**
   * The same with critical extensions.
   *
   * @param critical content of extnValue by dotted object identifier
   */
  public Bytes crl(
      Instant thisUpdate,
      Instant nextUpdate,
      Collection<BigInteger> revoked,
      Map<String, Bytes> critical) {
    var builder = new X509v2CRLBuilder(name(), Date.from(thisUpdate));
    builder.setNextUpdate(Date.from(nextUpdate));
    for (BigInteger serial : revoked) {
      builder.addCRLEntry(serial, Date.from(thisUpdate), CRLReason.keyCompromise);
    }
    try {
      for (Map.Entry<String, Bytes> extension : critical.entrySet()) {
        builder.addExtension(
            new ASN1ObjectIdentifier(extension.getKey()), true, extension.getValue().toArray());
      }
      return Bytes.of(builder.build(new PssSigner(key)).getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("a list of our own making is not one", e);
    }
  }

  private X500Name name() {
    return Names.subject(certificate.getSubjectX500Principal());
  }

  private static X509Certificate build(X500Name issuer, PrivateKey key, Request request) {
    var builder =
        new X509v3CertificateBuilder(
            issuer,
            request.serial(),
            Date.from(request.notBefore()),
            Date.from(request.notAfter()),
            Names.subject(request.subject()),
            SubjectPublicKeyInfo.getInstance(request.key().getEncoded()));
    try {
      if (request.authority()) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      }
      for (Map.Entry<String, Bytes> extension : request.extensions().entrySet()) {
        builder.addExtension(
            new ASN1ObjectIdentifier(extension.getKey()), false, extension.getValue().toArray());
      }
      return Pem.certificate(
          "certificate", Bytes.of(builder.build(new PssSigner(key)).getEncoded()));
    } catch (IOException | MalformedException e) {
      throw new IllegalStateException("a certificate of our own making is not one", e);
    }
  }
}
