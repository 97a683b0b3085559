package dev.asterism.attestation;

import dev.asterism.crypto.CertificatePath;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
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

  /** What a configuration lists: PEM, or ids of built-in anchors. */
  public static TrustedRoots listed(String where, List<String> roots) throws MalformedException {
    List<X509Certificate> certificates = new ArrayList<>();
    Set<TrustAnchor> anchors = EnumSet.noneOf(TrustAnchor.class);
    for (String root : roots) {
      Optional<TrustAnchor> anchor = TrustAnchor.byId(root);
      if (anchor.isPresent()) {
        anchors.add(anchor.get());
      } else if (root.contains("-----BEGIN")) {
        certificates.addAll(Pem.certificates(where, root));
      } else {
        throw new MalformedException(where, "lists neither PEM nor the id of a trust anchor");
      }
    }
    return new TrustedRoots(certificates, anchors);
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
