package dev.asterism.attestation.tpm;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.tpm.AkBinding.Presented;
import dev.asterism.wire.MalformedException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code akTrust} asks of a key beside the hardware's word: nothing unless it pins keys or
 * wants a certificate.
 */
public record FurtherTrust(@Nullable AkTrust trust) {
  /** Reads it from the config it is a member of. */
  public static FurtherTrust parse(ObjectNode attestationConfig) throws MalformedException {
    AkTrust trust = AkTrustConfig.parse(attestationConfig);
    return new FurtherTrust(trust instanceof AkTrust.Any ? null : trust);
  }

  /** The checks that {@link #check} makes. */
  public List<CheckId> plan() {
    return trust == null ? List.of() : trust.plan();
  }

  /** Whether it holds. */
  public boolean check(Checklist checks, Presented presented) {
    return trust == null || trust.check(checks, presented).isPresent();
  }
}
