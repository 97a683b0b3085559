package dev.asterism.attestation.azure;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.tdx.TdQuote;
import dev.asterism.attestation.tdx.TdxPolicy;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.attestation.tdx.TdxVerification;
import dev.asterism.attestation.tdx.VerifiedTdQuote;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.FurtherTrust;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The key of {@code azure-tdx}: named by runtime data that a TD quote vouches for. */
final class AzureTdxBinding implements AkBinding {
  static final CheckId PARSE = new CheckId("instance-info.parse", Stage.PARSE);

  private final TdxPolicy policy;
  private final TdxVerification verification;
  private final FurtherTrust trust;

  AzureTdxBinding(TdxPolicy policy, TdxTrust tdx, FurtherTrust trust) {
    this.policy = policy;
    this.verification = new TdxVerification(policy, tdx);
    this.trust = trust;
  }

  @Override
  public List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(List.of(PARSE));
    plan.addAll(TdxHcl.plan(TdxVerification.plan(policy)));
    plan.add(HclAk.KEY);
    plan.addAll(trust.plan());
    return plan;
  }

  @Override
  public Optional<Bound> check(Checklist checks, Presented presented) {
    TdInstanceInfo info;
    TdQuote quote;
    try {
      info = TdInstanceInfo.parse(presented.ofDocument().instanceInfo());
      quote = verification.parse(info.attestationReport());
    } catch (MalformedException e) {
      checks.fail(PARSE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    checks.pass(PARSE, "");
    // 1. Intel's hardware made the quote, and it vouches for the runtime data.
    Optional<VerifiedTdQuote> verified =
        verification.verify(
            TdxHcl.of(checks),
            quote,
            RuntimeData.reportData(info.runtimeData()),
            presented.challenge().at(),
            false);
    // 2. These vouch for the key.
    if (verified.isEmpty()
        || !HclAk.named(checks, info.runtimeData(), presented.key())
        || !trust.check(checks, presented)) {
      return Optional.empty();
    }
    // 3. Genuine; is it good?
    return Optional.of(
        new Bound(
            verified.get().identity(),
            (more, log, at) -> verification.appraise(TdxHcl.of(more), verified.get(), at)));
  }
}
