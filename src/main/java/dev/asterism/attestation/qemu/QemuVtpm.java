package dev.asterism.attestation.qemu;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tpm.AkTrustConfig;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.attestation.tpm.VtpmIssuer;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * A QEMU guest with a vTPM of its host: {@code qemu-vtpm}. No hardware vouches for the TPM; only
 * {@code akTrust} of the policy says whose it is.
 */
public final class QemuVtpm implements Platform {
  @Override
  public Variant variant() {
    return Variant.QEMU_VTPM;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    return new PcrPolicy(
        variant(),
        PcrPolicy.measurements(attestationConfig, variant()),
        AkTrustConfig.parse(attestationConfig));
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return PcrPolicy.show(document);
  }

  /**
   * An issuer on the machine itself.
   *
   * @param eventLog the firmware's log, asked for at each document; empty where there is none
   * @param akChain DER certificates: of the attestation key first, then its issuers; may be empty
   */
  public static Issuer issuer(Tpm tpm, Supplier<Optional<Bytes>> eventLog, List<Bytes> akChain) {
    return new VtpmIssuer(Variant.QEMU_VTPM, tpm, eventLog, akChain);
  }
}
