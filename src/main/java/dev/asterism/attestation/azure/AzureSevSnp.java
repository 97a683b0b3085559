package dev.asterism.attestation.azure;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.attestation.snp.ContractSnp;
import dev.asterism.attestation.snp.InstanceReports;
import dev.asterism.attestation.snp.TcbMinimum.Kind;
import dev.asterism.attestation.tpm.FurtherTrust;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A confidential VM of Azure on SEV-SNP: {@code azure-sev-snp}. */
public final class AzureSevSnp implements Platform {
  /**
   * The service that has the keys of Microsoft's attestation services; its paths begin with the
   * host.
   */
  public static final String MAA_SERVICE = MaaKeys.SERVICE;

  private final ChainVerifier chains = new ChainVerifier();
  private final EndorsementSource source;

  /**
   * @param source of AMD's certificates and lists, and of the keys of Microsoft's attestation
   *     service
   */
  public AzureSevSnp(EndorsementSource source) {
    this.source = source;
  }

  @Override
  public Variant variant() {
    return Variant.AZURE_SEV_SNP;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    return new PcrPolicy(
        variant(),
        PcrPolicy.measurements(attestationConfig, variant()),
        new AzureSnpBinding(
            new InstanceReports(snp(attestationConfig), chains, source),
            FirmwareSigners.parse(attestationConfig),
            source,
            FurtherTrust.parse(attestationConfig)));
  }

  static ContractSnp snp(ObjectNode attestationConfig) throws MalformedException {
    return ContractSnp.parse(attestationConfig, Set.of(Kind.LAUNCH, Kind.REPORTED));
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return PcrPolicy.show(document);
  }
}
