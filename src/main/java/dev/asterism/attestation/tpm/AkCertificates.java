package dev.asterism.attestation.tpm;

import dev.asterism.wire.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates that came with an attestation key, DER, unverified.
 *
 * @param leaf the key's; null where there is none
 * @param issuers the leaf's issuer first
 */
public record AkCertificates(@Nullable Bytes leaf, List<Bytes> issuers) {
  public AkCertificates {
    issuers = List.copyOf(issuers);
  }
}
