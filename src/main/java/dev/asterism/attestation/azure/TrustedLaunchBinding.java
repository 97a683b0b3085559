package dev.asterism.attestation.azure;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.AkCertificates;
import dev.asterism.attestation.tpm.AkTrust;
import dev.asterism.attestation.tpm.AkTrustConfig;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * The key of {@code azure-trustedlaunch}: certified by Microsoft, by way of the authority in the
 * instance info and of those that a document of ours has beside it.
 */
final class TrustedLaunchBinding implements AkBinding {
  static final CheckId PARSE = new CheckId("instance-info.parse", Stage.PARSE);

  private final AkTrust trust;

  TrustedLaunchBinding(AkTrust trust) {
    this.trust = trust;
  }

  /** Where {@code akTrust} says nothing, Microsoft's root counts. */
  static TrustedLaunchBinding parse(ObjectNode attestationConfig) throws MalformedException {
    return new TrustedLaunchBinding(
        attestationConfig.hasNonNull("akTrust")
            ? AkTrustConfig.parse(attestationConfig)
            : new AkTrust.Certified(List.of(), Set.of(TrustAnchor.AZURE_VTPM_ROOT_2023)));
  }

  @Override
  public List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(List.of(PARSE));
    plan.addAll(trust.plan());
    return plan;
  }

  @Override
  public Optional<Bound> check(Checklist checks, Presented presented) {
    CertifiedInfo info;
    try {
      info = CertifiedInfo.parse(presented.ofDocument().instanceInfo());
    } catch (MalformedException e) {
      checks.fail(PARSE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    checks.pass(PARSE, "");
    List<Bytes> issuers = new ArrayList<>(List.of(info.ca()));
    issuers.addAll(presented.certificates().issuers());
    return trust.check(checks, presented.with(new AkCertificates(info.akCert(), issuers)));
  }
}
