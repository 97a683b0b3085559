package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a variant knows that an attestation key is that of the TPM it should be: by the policy's
 * word, a certificate, or a hardware report that names it.
 */
public interface AkBinding {
  /** The checks that {@link #check} makes. */
  List<CheckId> plan();

  /**
   * Makes the checks; a key that is not bound leaves one failed.
   *
   * @return what the binding proves about the machine, where it holds
   */
  Map<Identifier, String> check(Checklist checks, Presented presented);

  /**
   * A key and what came with it.
   *
   * @param area the key's public area; null where only the key is known
   * @param document null where the key came without one
   */
  record Presented(
      PublicKey key,
      @Nullable TpmtPublic area,
      @Nullable VtpmDocument document,
      AkCertificates certificates,
      Challenge challenge) {}
}
