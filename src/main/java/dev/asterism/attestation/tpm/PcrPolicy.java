package dev.asterism.attestation.tpm;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The policy of a vTPM variant: reference values of PCRs, and how the attestation key is bound.
 *
 * @param measurements of the SHA-256 bank
 */
public record PcrPolicy(Variant variant, Measurements measurements, AkBinding binding)
    implements Policy {

  /** Reads the member {@code measurements} of an attestation config. */
  public static Measurements measurements(ObjectNode attestationConfig, Variant variant)
      throws MalformedException {
    return Measurements.parse(
        Json.child(attestationConfig, "measurements"),
        variant.measurementHash().length(),
        PcrSelection.COUNT);
  }

  /** What a document of any vTPM variant says, for people and unverified. */
  public static List<Fact> show(Bytes document) throws MalformedException {
    return QuoteFacts.of(document);
  }

  @Override
  public Policy with(Measurements changed) {
    return new PcrPolicy(variant, changed, binding);
  }

  @Override
  public Verifier verifier() {
    return new VtpmVerifier(this);
  }
}
