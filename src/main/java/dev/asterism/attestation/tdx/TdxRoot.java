package dev.asterism.attestation.tdx;

import dev.asterism.attestation.TrustAnchor;
import java.security.cert.X509Certificate;

/** The one root that PCK certificates and collateral must lead to. */
public sealed interface TdxRoot {
  /** Whether that certificate is of the root's key. */
  boolean holds(X509Certificate certificate);

  /** A key known by its hash: Intel's. */
  record Known(TrustAnchor anchor) implements TdxRoot {
    @Override
    public boolean holds(X509Certificate certificate) {
      return anchor.holds(certificate);
    }
  }

  /** A certificate that the policy holds: Intel's again, or that of a software device. */
  record Given(X509Certificate certificate) implements TdxRoot {
    @Override
    public boolean holds(X509Certificate presented) {
      return certificate.getPublicKey().equals(presented.getPublicKey());
    }
  }

  /** Intel's root key. */
  static TdxRoot intel() {
    return new Known(TrustAnchor.INTEL_SGX_ROOT);
  }
}
