package dev.asterism.attestation.gcp;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.attestation.snp.ContractSnp;
import dev.asterism.attestation.snp.InstanceReports;
import dev.asterism.attestation.snp.TcbMinimum.Kind;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A confidential VM of Google Compute Engine on SEV-SNP: {@code gcp-sev-snp}. */
public final class GcpSevSnp implements Platform {
  private final ChainVerifier chains = new ChainVerifier();
  private final EndorsementSource source;

  /**
   * @param source of AMD's certificates and lists
   */
  public GcpSevSnp(EndorsementSource source) {
    this.source = source;
  }

  @Override
  public Variant variant() {
    return Variant.GCP_SEV_SNP;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    ContractSnp snp = ContractSnp.parse(attestationConfig, Set.of(Kind.LAUNCH));
    return new PcrPolicy(
        variant(),
        PcrPolicy.measurements(attestationConfig, variant()),
        new GcpSnpBinding(
            new InstanceReports(snp, chains, source), GcpTrust.parse(attestationConfig)));
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return PcrPolicy.show(document);
  }
}
