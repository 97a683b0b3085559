package dev.asterism.attestation;

import dev.asterism.crypto.CertificatePath;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * Where a chain may end.
 *
 * @param anchors built-in roots by name; their certificates come with the evidence
 */
public record TrustedRoots(List<X509Certificate> certificates, Set<TrustAnchor> anchors) {
  public TrustedRoots {
    certificates = List.copyOf(certificates);
    anchors = Set.copyOf(anchors);
  }

  public boolean holds(X509Certificate certificate) {
    return certificates.contains(certificate)
        || anchors.stream().anyMatch(anchor -> anchor.holds(certificate));
  }

  /** Those of which the certificate never comes with the evidence. */
  public List<CertificatePath.RootKey> keys() {
    return anchors.stream().flatMap(a -> AnchorKeys.of(a).stream()).toList();
  }

  /**
   * What a bundle's manifest trusts: {@code {"anchor": id}} or {@code {"file": name}}, the latter
   * one of its own files.
   *
   * @throws MalformedException if it says neither, or what it names is not there
   */
  public static TrustedRoots of(Bundle bundle) throws MalformedException {
    return BundleTrust.of(bundle)
        .orElseThrow(() -> new MalformedException("trust", "names neither an anchor nor a file"))
        .roots();
  }
}
