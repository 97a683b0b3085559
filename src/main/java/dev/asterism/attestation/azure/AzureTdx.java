package dev.asterism.attestation.azure;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.attestation.tpm.FurtherTrust;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A confidential VM of Azure on TDX: {@code azure-tdx}. */
public final class AzureTdx implements Platform {
  private final TdxTrust trust;

  public AzureTdx(TdxTrust trust) {
    this.trust = trust;
  }

  @Override
  public Variant variant() {
    return Variant.AZURE_TDX;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    return new PcrPolicy(
        variant(),
        PcrPolicy.measurements(attestationConfig, variant()),
        new AzureTdxBinding(
            TdxHcl.policy(attestationConfig), trust, FurtherTrust.parse(attestationConfig)));
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return PcrPolicy.show(document);
  }
}
