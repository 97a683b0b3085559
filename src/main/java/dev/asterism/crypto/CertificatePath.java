package dev.asterism.crypto;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Follows a certificate to a trusted root (RFC 5280, section 6, without policies and name
 * constraints, which refuse where they are critical). Revocation is the caller's business.
 */
public final class CertificatePath {
  /** The leaf, three intermediates and a root: more than any vendor's chain has. */
  private static final int LONGEST = 5;

  private static final int LONGEST_NAME = 200;
  private static final int KEY_CERT_SIGN = 5;
  private static final int SMALLEST_RSA = 2048;
  private static final int SMALLEST_EC = 256;

  /** Key usage, alternative name, basic constraints, policies, extended key usage. */
  private static final Set<String> UNDERSTOOD =
      Set.of("2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.32", "2.5.29.37");

  private CertificatePath() {}

  /** What came of it. */
  public sealed interface Result {
    /**
     * Every link holds.
     *
     * @param root the certificate that the path ends in: a trusted one, or one that a trusted key
     *     signed
     */
    record Trusted(X509Certificate root) implements Result {}

    /**
     * @param time only the validity period is wrong
     * @param reason for people; holds names out of the certificates
     */
    record Broken(boolean time, String reason) implements Result {}
  }

  /** Follows {@code leaf} to one of {@code roots}, by way of {@code presented} in any order. */
  public static Result check(
      X509Certificate leaf,
      List<X509Certificate> presented,
      List<X509Certificate> roots,
      Instant at) {
    var candidates = new ArrayList<>(presented);
    candidates.addAll(roots);
    return check(leaf, candidates, roots::contains, at);
  }

  /** A root of which only name and key are known (RFC 5280, section 6.1.1). */
  public record RootKey(X500Principal name, PublicKey key) {
    private boolean signed(X509Certificate certificate) {
      return name.equals(certificate.getIssuerX500Principal())
          && CertificatePath.signed(certificate, key);
    }
  }

  /**
   * Follows {@code leaf} to a certificate that {@code trusted} knows.
   *
   * @param presented issuers in any order, the root among them
   */
  public static Result check(
      X509Certificate leaf,
      List<X509Certificate> presented,
      Predicate<X509Certificate> trusted,
      Instant at) {
    return check(leaf, presented, trusted, List.of(), at);
  }

  /** The same, which may also end at a certificate that one of {@code keys} signed. */
  public static Result check(
      X509Certificate leaf,
      List<X509Certificate> presented,
      Predicate<X509Certificate> trusted,
      List<RootKey> keys,
      Instant at) {
    X509Certificate current = leaf;
    for (int depth = 0; depth < LONGEST; depth++) {
      Result.Broken fault = fault(current, at);
      if (fault != null) {
        return fault;
      }
      if (trusted.test(current)) {
        return new Result.Trusted(current);
      }
      X509Certificate certificate = current;
      if (keys.stream().anyMatch(key -> key.signed(certificate))) {
        return new Result.Trusted(current);
      }
      X509Certificate issuer = issuer(current, presented);
      if (issuer == null) {
        return broken(name(current) + " has no issuer that signed it among what is presented");
      }
      if (issuer.equals(current)) {
        return broken(name(current) + " is a root that is not trusted");
      }
      String notCa = whyNotCa(issuer, depth);
      if (notCa != null) {
        return broken(notCa);
      }
      current = issuer;
    }
    return broken("the path is longer than " + LONGEST + " certificates");
  }

  /** Whether a certificate is one that its own key signed: a root as its owner made it. */
  public static boolean signsItself(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
        && signed(certificate, certificate.getPublicKey());
  }

  private static Result.@Nullable Broken fault(X509Certificate certificate, Instant at) {
    Instant notBefore = certificate.getNotBefore().toInstant();
    Instant notAfter = certificate.getNotAfter().toInstant();
    if (at.isBefore(notBefore) || at.isAfter(notAfter)) {
      return new Result.Broken(
          true,
          "%s is valid from %s to %s, and it is %s"
              .formatted(name(certificate), notBefore, notAfter, at));
    }
    Set<String> critical = new HashSet<>();
    Set<String> present = certificate.getCriticalExtensionOIDs();
    if (present != null) {
      critical.addAll(present);
    }
    critical.removeAll(UNDERSTOOD);
    if (!critical.isEmpty()) {
      return broken(
          name(certificate) + " has critical extensions that we do not know: " + critical);
    }
    if (isWeak(certificate.getPublicKey())) {
      return broken(name(certificate) + " has a key that is too short");
    }
    return null;
  }

  private static @Nullable X509Certificate issuer(
      X509Certificate certificate, List<X509Certificate> candidates) {
    for (X509Certificate candidate : candidates) {
      if (candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
          && signed(certificate, candidate.getPublicKey())) {
        return candidate;
      }
    }
    return null;
  }

  private static boolean signed(X509Certificate certificate, PublicKey key) {
    String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    if (algorithm.startsWith("SHA1") || algorithm.startsWith("MD")) {
      return false;
    }
    try {
      certificate.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * @param below how many intermediates stand between it and the leaf
   */
  private static @Nullable String whyNotCa(X509Certificate issuer, int below) {
    int constraint = issuer.getBasicConstraints();
    if (constraint < 0) {
      return name(issuer) + " issued a certificate and is no authority";
    }
    if (constraint < below) {
      return name(issuer) + " may not have " + below + " authorities below it";
    }
    boolean[] usage = issuer.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      return name(issuer) + " may not sign certificates";
    }
    return null;
  }

  static boolean isWeak(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> rsa.getModulus().bitLength() < SMALLEST_RSA;
      case ECPublicKey ec -> ec.getParams().getOrder().bitLength() < SMALLEST_EC;
      default -> true;
    };
  }

  private static String name(X509Certificate certificate) {
    String whole = certificate.getSubjectX500Principal().getName();
    // Names of a stranger's certificate go into records.
    String subject = whole.length() > LONGEST_NAME ? whole.substring(0, LONGEST_NAME) + "…" : whole;
    return subject.isEmpty()
        ? "the certificate with serial number " + certificate.getSerialNumber().toString(16)
        : subject;
  }

  private static Result.Broken broken(String reason) {
    return new Result.Broken(false, reason);
  }
}
