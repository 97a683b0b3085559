package dev.asterism.attestation.aws;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tpm.AkTrustConfig;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** An EC2 instance with a NitroTPM: {@code aws-nitro-tpm}. */
public final class AwsNitroTpm implements Platform {
  @Override
  public Variant variant() {
    return Variant.AWS_NITRO_TPM;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    return new PcrPolicy(
        variant(),
        PcrPolicy.measurements(attestationConfig, variant()),
        new NitroTpmBinding(
            AkTrustConfig.parse(attestationConfig), NitroRequirement.parse(attestationConfig)));
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return PcrPolicy.show(document);
  }
}
