package dev.asterism.attestation.gcp;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A confidential VM of Google Compute Engine on SEV: {@code gcp-sev-es}. */
public final class GcpSevEs implements Platform {
  @Override
  public Variant variant() {
    return Variant.GCP_SEV_ES;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    return new PcrPolicy(
        variant(),
        PcrPolicy.measurements(attestationConfig, variant()),
        new GcpSevEsBinding(GcpTrust.parse(attestationConfig)));
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return PcrPolicy.show(document);
  }
}
