package dev.asterism.attestation.snp;

import dev.asterism.wire.Bytes;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.List;

/**
 * A chain whose every signature, name and use was found right: root, authority, signing key. Only
 * {@link ChainVerifier} makes one. Whether the root is trusted and the time is right is asked at
 * each use.
 */
final class VerifiedChain {
  private final ProductLine line;
  private final KeyKind kind;
  private final CertificateExtensions extensions;
  private final ECPublicKey key;
  private final List<X509Certificate> certificates;
  private final Bytes rootKey;
  private final Instant notBefore;
  private final Instant notAfter;

  VerifiedChain(
      ProductLine line,
      KeyKind kind,
      CertificateExtensions extensions,
      ECPublicKey key,
      List<X509Certificate> certificates,
      Bytes rootKey) {
    this.line = line;
    this.kind = kind;
    this.extensions = extensions;
    this.key = key;
    this.certificates = List.copyOf(certificates);
    this.rootKey = rootKey;
    this.notBefore =
        certificates.stream()
            .map(c -> c.getNotBefore().toInstant())
            .max(Instant::compareTo)
            .orElseThrow();
    this.notAfter =
        certificates.stream()
            .map(c -> c.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow();
  }

  ProductLine line() {
    return line;
  }

  KeyKind kind() {
    return kind;
  }

  CertificateExtensions extensions() {
    return extensions;
  }

  /** The key that signs reports, P-384. */
  ECPublicKey key() {
    return key;
  }

  /** The leaf first, the root last. */
  List<X509Certificate> certificates() {
    return certificates;
  }

  X509Certificate root() {
    return certificates.getLast();
  }

  /** SHA-256 of the root's DER SubjectPublicKeyInfo. */
  Bytes rootKey() {
    return rootKey;
  }

  /** When all are valid: from the latest beginning to the earliest end. */
  boolean isValidAt(Instant at) {
    return !at.isBefore(notBefore) && !at.isAfter(notAfter);
  }

  Instant notBefore() {
    return notBefore;
  }

  Instant notAfter() {
    return notAfter;
  }
}
