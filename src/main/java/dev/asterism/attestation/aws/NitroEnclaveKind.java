package dev.asterism.attestation.aws;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.TrustedRoots;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Kind {@code aws-nitro-enclave}: the document of an enclave, for people; no node is one. */
public final class NitroEnclaveKind implements EvidenceKind {
  @Override
  public Set<String> kinds() {
    return Set.of("aws-nitro-enclave");
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    var verifier = new NitroVerifier(TrustedRoots.of(bundle));
    NitroClaims.Expected expected = NitroInputs.of(bundle, own.nonce());
    Bytes document = bundle.file("document");
    List<CheckId> plan = new ArrayList<>(NitroVerifier.PLAN);
    plan.addAll(NitroClaims.PLAN);
    Checklist checks = new Checklist(plan);
    verifier
        .verify(checks, document, false, at)
        .ifPresent(verified -> NitroClaims.check(checks, verified, expected));
    return checks.conclude(null);
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return NitroFacts.of(bundle.file("document"));
  }
}
