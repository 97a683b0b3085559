package dev.asterism.attestation.azure;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A VM of Azure whose vTPM Microsoft's hosts run: {@code azure-trustedlaunch}. */
public final class AzureTrustedLaunch implements Platform {
  @Override
  public Variant variant() {
    return Variant.AZURE_TRUSTEDLAUNCH;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    return new PcrPolicy(
        variant(),
        PcrPolicy.measurements(attestationConfig, variant()),
        TrustedLaunchBinding.parse(attestationConfig));
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return PcrPolicy.show(document);
  }
}
