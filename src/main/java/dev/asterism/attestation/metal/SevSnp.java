package dev.asterism.attestation.metal;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.attestation.snp.SnpConfig;
import dev.asterism.attestation.snp.SnpFacts;
import dev.asterism.attestation.snp.SnpPolicy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** SEV-SNP guests on bare metal and KVM: {@code sev-snp}. */
public final class SevSnp implements Platform {
  private final ChainVerifier chains = new ChainVerifier();
  private final EndorsementSource source;

  /**
   * @param source of certificates and revocation lists that do not come with the evidence
   */
  public SevSnp(EndorsementSource source) {
    this.source = source;
  }

  @Override
  public Variant variant() {
    return Variant.SEV_SNP;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    return new SnpPolicy(
        measurements(attestationConfig), SnpConfig.parse(attestationConfig), chains, source);
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return SnpFacts.of(document);
  }

  /** May be missing: {@code snp.measurements} lists several. */
  private Measurements measurements(ObjectNode config) throws MalformedException {
    return config.hasNonNull("measurements")
        ? Measurements.parse(
            Json.child(config, "measurements"),
            variant().measurementHash().length(),
            SnpPolicy.REGISTERS)
        : new Measurements(new TreeMap<>());
  }
}
