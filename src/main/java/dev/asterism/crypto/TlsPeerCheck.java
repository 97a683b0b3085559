package dev.asterism.crypto;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the other end of mutual TLS is who it has to be. */
public final class TlsPeerCheck {
  private static final int DIGITAL_SIGNATURE = 0;

  /** Each may cost a signature check, before anything is proven. */
  private static final int MOST_PRESENTED = 8;

  private TlsPeerCheck() {}

  /**
   * Checks a client: its path to one of {@code authorities}, its time, what its certificate is for,
   * and that it names a caller.
   *
   * @param presented its certificate, then issuers in any order
   * @throws CertificateException with the reason, for our log
   */
  public static void client(
      List<X509Certificate> presented, List<X509Certificate> authorities, Instant now)
      throws CertificateException {
    X509Certificate leaf = verified(presented, authorities, TlsIdentity.Purpose.CLIENT, now);
    if (CertificateNames.caller(leaf).isEmpty()) {
      throw new CertificateException(
          "the client's certificate does not name its caller: one common name of 1 to 64 letters,"
              + " digits and ._:@/-");
    }
  }

  /**
   * Checks a server in the same way, and that it is {@code host}.
   *
   * @param host as in {@link CertificateNames#isServer}
   */
  public static void server(
      List<X509Certificate> presented, List<X509Certificate> authorities, String host, Instant now)
      throws CertificateException {
    X509Certificate leaf = verified(presented, authorities, TlsIdentity.Purpose.SERVER, now);
    if (!CertificateNames.isServer(leaf, host)) {
      throw new CertificateException(
          "the server's certificate does not name " + host + " as an alternative name");
    }
  }

  private static X509Certificate verified(
      List<X509Certificate> presented,
      List<X509Certificate> authorities,
      TlsIdentity.Purpose purpose,
      Instant now)
      throws CertificateException {
    if (presented.isEmpty()) {
      throw new CertificateException("the peer presents no certificate");
    }
    if (presented.size() > MOST_PRESENTED) {
      throw new CertificateException(
          "the peer presents more than " + MOST_PRESENTED + " certificates");
    }
    X509Certificate leaf = presented.getFirst();
    CertificatePath.Result path = CertificatePath.check(leaf, presented, authorities, now);
    if (path instanceof CertificatePath.Result.Broken broken) {
      throw new CertificateException(broken.reason());
    }
    String misuse = misuse(leaf, purpose);
    if (misuse != null) {
      throw new CertificateException("the peer's certificate " + misuse);
    }
    return leaf;
  }

  /** Why an end's own certificate will convince nobody; who signed it is the other end's choice. */
  static Optional<String> fault(X509Certificate own, TlsIdentity.Purpose purpose, Instant now) {
    Instant from = own.getNotBefore().toInstant();
    Instant to = own.getNotAfter().toInstant();
    if (now.isBefore(from) || now.isAfter(to)) {
      return Optional.of("is valid from " + from + " to " + to + ", and it is " + now);
    }
    return Optional.ofNullable(misuse(own, purpose));
  }

  private static @Nullable String misuse(X509Certificate certificate, TlsIdentity.Purpose purpose) {
    if (certificate.getBasicConstraints() >= 0) {
      return "is an authority's";
    }
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      return "has a key that may not sign handshakes (digitalSignature)";
    }
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      return purposes != null && purposes.contains(purpose.oid())
          ? null
          : "is not made for this end (" + purpose.label() + ")";
    } catch (CertificateParsingException e) {
      return "has an extended key usage that is malformed";
    }
  }
}
