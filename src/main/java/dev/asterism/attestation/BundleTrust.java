package dev.asterism.attestation;

import dev.asterism.crypto.Pem;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The root that a bundle's manifest trusts: the one reader of its member {@code trust}. */
public sealed interface BundleTrust {
  /** {@code {"anchor": id}}: a built-in root. */
  record Anchor(TrustAnchor anchor) implements BundleTrust {}

  /** {@code {"file": name}}: one of the bundle's own files. */
  record File(X509Certificate certificate) implements BundleTrust {}

  /** The root of what the bundle is about; empty where the manifest names none. */
  static Optional<BundleTrust> of(Bundle bundle) throws MalformedException {
    return of(bundle, "anchor", "file");
  }

  /** The root of an attestation key's certificate beside it: {@code ak_anchor, ak_file}. */
  static Optional<BundleTrust> ofAk(Bundle bundle) throws MalformedException {
    return of(bundle, "ak_anchor", "ak_file");
  }

  /** The root in the form in which paths are checked. */
  default TrustedRoots roots() {
    return switch (this) {
      case Anchor(TrustAnchor anchor) -> new TrustedRoots(List.of(), Set.of(anchor));
      case File(X509Certificate certificate) -> new TrustedRoots(List.of(certificate), Set.of());
    };
  }

  private static Optional<BundleTrust> of(Bundle bundle, String byId, String byFile)
      throws MalformedException {
    ObjectNode trust = bundle.trust();
    String anchor = Json.optionalString(trust, byId);
    String file = Json.optionalString(trust, byFile);
    if (anchor != null && file != null) {
      throw new MalformedException("trust", "names both " + byId + " and " + byFile);
    }
    if (anchor != null) {
      return Optional.of(
          new Anchor(
              TrustAnchor.byId(anchor)
                  .orElseThrow(() ->
                      new MalformedException("trust." + byId, "is not the id of an anchor"))));
    }
    return file == null ? Optional.empty() : Optional.of(named(bundle, "trust." + byFile, file));
  }

  /** Its name is one of the manifest's; contents are kept by role. */
  private static BundleTrust named(Bundle bundle, String where, String file)
      throws MalformedException {
    for (Map.Entry<String, JsonNode> entry : Json.child(bundle.manifest(), "files").properties()) {
      if (entry.getValue().isString() && entry.getValue().stringValue().equals(file)) {
        return new File(Pem.certificate(where, bundle.file(entry.getKey())));
      }
    }
    throw new MalformedException(where, "is not one of the bundle's files");
  }
}
