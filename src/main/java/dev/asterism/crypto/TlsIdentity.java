package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One end of mutual TLS: what it shows, and whom it believes. The three belong together and are
 * replaced together.
 *
 * @param chain its own certificate, then that one's issuers
 * @param key of the first certificate
 * @param authorities who signs the other end's certificates
 */
public record TlsIdentity(
    List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {

  /** What a certificate is used for; one that does not say so may not. */
  public enum Purpose {
    SERVER("1.3.6.1.5.5.7.3.1", "serverAuth"),
    CLIENT("1.3.6.1.5.5.7.3.2", "clientAuth");

    private final String oid;
    private final String label;

    Purpose(String oid, String label) {
      this.oid = oid;
      this.label = label;
    }

    String oid() {
      return oid;
    }

    /** As RFC 5280 calls the extended key usage. */
    String label() {
      return label;
    }
  }

  public TlsIdentity {
    chain = List.copyOf(chain);
    authorities = List.copyOf(authorities);
  }

  /** PEM, and where it comes from, for messages. */
  public record Source(String name, Bytes pem) {
    String text() {
      return new String(pem.toArray(), StandardCharsets.UTF_8);
    }

    /** What it holds may be a key. */
    @Override
    public String toString() {
      return "Source[" + name + "]";
    }
  }

  /**
   * Reads the three, and refuses what could only fail at the first connection.
   *
   * @param purpose which end it is
   * @throws MalformedException naming the source that is wrong
   */
  public static TlsIdentity parse(
      Source certificate, Source key, Source authorities, Purpose purpose, Instant now)
      throws MalformedException {
    List<X509Certificate> chain = Pem.certificates(certificate.name(), certificate.text());
    X509Certificate own = chain.getFirst();
    Optional<String> fault = TlsPeerCheck.fault(own, purpose, now);
    if (fault.isPresent()) {
      throw new MalformedException(certificate.name(), fault.get());
    }
    PrivateKey secret;
    try (Secret pem = Secret.copyOf(key.pem())) {
      secret = Pem.privateKey(key.name(), pem);
    }
    if (!CertificateAuthority.belongTogether(own.getPublicKey(), secret)) {
      throw new MalformedException(
          key.name(), "is not the key of the certificate in " + certificate.name());
    }
    List<X509Certificate> trusted = Pem.certificates(authorities.name(), authorities.text());
    for (X509Certificate authority : trusted) {
      if (authority.getBasicConstraints() < 0) {
        throw new MalformedException(
            authorities.name(), "holds a certificate that may not sign others (CA:false)");
      }
    }
    return new TlsIdentity(chain, secret, trusted);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
