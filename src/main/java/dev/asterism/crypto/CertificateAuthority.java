package dev.asterism.crypto;

import dev.asterism.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;

/**
 * A key that signs certificates, with its own certificate. Ours are P-256; an RSA, P-384 or Ed25519
 * one that kubeadm or an admin made is loaded as well.
 */
public final class CertificateAuthority {
  private final X509Certificate certificate;
  private final PrivateKey key;

  private CertificateAuthority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** What an issued certificate may be used for. */
  public enum Usage {
    /** Signs other certificates. */
    CA,
    /** A kubelet, as client and as server. */
    KUBELET,
    CLIENT,
    SERVER,
    /** The attestation key of a TPM (TCG EK credential profile, AIK). */
    ATTESTATION_KEY
  }

  /**
   * What to certify. The caller vouches for every field.
   *
   * @param subject RFC 4514: {@code CN=system:node:a,O=system:nodes}
   * @param ipAddresses literals
   */
  public record Request(
      PublicKey key,
      String subject,
      Instant notBefore,
      Instant notAfter,
      Usage usage,
      List<String> dnsNames,
      List<String> ipAddresses) {
    public Request {
      dnsNames = List.copyOf(dnsNames);
      ipAddresses = List.copyOf(ipAddresses);
    }
  }

  /** A new P-256 key, self-signed as {@code CN=commonName}. */
  public static CertificateAuthority create(
      String commonName, Instant notBefore, Instant notAfter) {
    KeyPair pair = newKeyPair();
    String subject = "CN=" + commonName;
    var request =
        new Request(pair.getPublic(), subject, notBefore, notAfter, Usage.CA, List.of(), List.of());
    X509Certificate certificate =
        CertificateBuilder.sign(
            request, Names.subject(subject), pair.getPublic(), pair.getPrivate());
    return new CertificateAuthority(certificate, pair.getPrivate());
  }

  /**
   * Loads a certificate and its key.
   *
   * @throws MalformedException if either is unreadable, the certificate may not sign others, or the
   *     key is another one's
   */
  public static CertificateAuthority load(String certPem, Secret keyPem) throws MalformedException {
    List<X509Certificate> certificates = Pem.certificates("CA certificate", certPem);
    X509Certificate certificate = certificates.getFirst();
    if (certificate.getBasicConstraints() < 0) {
      throw new MalformedException("CA certificate", "may not sign certificates (CA:false)");
    }
    PrivateKey key = Pem.privateKey("CA key", keyPem);
    if (!belongTogether(certificate.getPublicKey(), key)) {
      throw new MalformedException("CA key", "is not the key of the CA certificate");
    }
    return new CertificateAuthority(certificate, key);
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String certificatePem() {
    return Pem.encode(certificate);
  }

  /** PKCS#8. */
  public Secret privateKeyPem() {
    return Pem.encode(key);
  }

  /** Signs a certificate with a fresh random serial number. */
  public X509Certificate issue(Request request) {
    return CertificateBuilder.sign(
        request,
        Names.subject(certificate.getSubjectX500Principal()),
        certificate.getPublicKey(),
        key);
  }

  static KeyPair newKeyPair() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no P-256", e);
    }
  }

  static boolean belongTogether(PublicKey certified, PrivateKey key) {
    byte[] probe = {1};
    try {
      Signature signer = Signature.getInstance(signatureAlgorithm(key));
      signer.initSign(key);
      signer.update(probe);
      byte[] signature = signer.sign();
      Signature check = Signature.getInstance(signatureAlgorithm(key));
      check.initVerify(certified);
      check.update(probe);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static String signatureAlgorithm(PrivateKey key) {
    return switch (key) {
      case ECKey ec when ec.getParams().getOrder().bitLength() > 384 -> "SHA512withECDSA";
      case ECKey ec when ec.getParams().getOrder().bitLength() > 256 -> "SHA384withECDSA";
      case ECKey _ -> "SHA256withECDSA";
      case RSAKey _ -> "SHA256withRSA";
      default -> "Ed25519";
    };
  }
}
