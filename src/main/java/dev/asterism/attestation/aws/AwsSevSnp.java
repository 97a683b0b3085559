package dev.asterism.attestation.aws;

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
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** An EC2 instance on SEV-SNP with a NitroTPM: {@code aws-sev-snp}. */
public final class AwsSevSnp implements Platform {
  private final ChainVerifier chains = new ChainVerifier();
  private final EndorsementSource source;

  /**
   * @param source of AMD's certificates and lists
   */
  public AwsSevSnp(EndorsementSource source) {
    this.source = source;
  }

  @Override
  public Variant variant() {
    return Variant.AWS_SEV_SNP;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    ContractSnp snp = ContractSnp.parse(attestationConfig, Set.of(Kind.LAUNCH));
    return new PcrPolicy(
        variant(),
        PcrPolicy.measurements(attestationConfig, variant()),
        new AwsSnpBinding(
            new InstanceReports(
                namesProviders(attestationConfig) ? snp : snp.ofAnyProvider(), chains, source),
            FurtherTrust.parse(attestationConfig),
            NitroRequirement.parse(attestationConfig)));
  }

  /** Where {@code snp.cspIds} does not say which regions, all of AWS's are taken. */
  private static boolean namesProviders(ObjectNode config) throws MalformedException {
    return config.hasNonNull("snp") && Json.child(config, "snp").hasNonNull("cspIds");
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return PcrPolicy.show(document);
  }
}
