package dev.asterism.attestation.azure;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.azure.HclReport.Hardware;
import dev.asterism.attestation.tdx.TdQuote;
import dev.asterism.attestation.tdx.TdQuoteFacts;
import dev.asterism.attestation.tdx.TdxPolicy;
import dev.asterism.attestation.tdx.TdxQuoteInputs;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.attestation.tdx.TdxVerification;
import dev.asterism.attestation.tdx.VerifiedTdQuote;
import dev.asterism.attestation.tpm.VerifiedQuote;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kind {@code azure-tdx-vtpm}: a TPM's quote by the key that an HCL report names, and a TD quote
 * that vouches for it. The TDREPORT in the HCL report is nobody's signature and is not looked at.
 */
public final class AzureTdxKind implements EvidenceKind {
  @Override
  public Set<String> kinds() {
    return Set.of("azure-tdx-vtpm");
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    var hcl = new HclBundle(bundle, Bundle.Ruling.NONE, Variant.AZURE_TDX);
    List<Fact> facts = new ArrayList<>(hcl.facts(Hardware.TDX));
    facts.addAll(TdQuoteFacts.of(TdQuote.parse(bundle.file("quote"))));
    return facts;
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    TdxQuoteInputs inputs = TdxQuoteInputs.of(bundle, policy(own));
    HclBundle hcl = new HclBundle(bundle, own, Variant.AZURE_TDX);
    var tdx = new TdxVerification(inputs.policy(), new TdxTrust(TdxQuoteInputs.collateral(bundle)));
    bundle.file("quote");
    Checklist checks =
        new Checklist(hcl.plan(TdxHcl.plan(TdxVerification.plan(inputs.policy())), List.of()));
    HclBundle.Parsed parsed;
    TdQuote td;
    try {
      parsed = hcl.parse(Hardware.TDX);
      td = TdQuote.parse(bundle.file("quote"));
    } catch (MalformedException e) {
      checks.fail(HclBundle.FILES, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(HclBundle.FILES, "");
    // 1. Intel's hardware made the TD quote, and it vouches for the runtime data.
    Optional<VerifiedTdQuote> verified =
        tdx.verify(
            TdxHcl.of(checks), td, RuntimeData.reportData(parsed.report().runtimeData()), at, true);
    if (verified.isEmpty()) {
      return checks.conclude(null);
    }
    // 2. These vouch for the key that quotes.
    Optional<VerifiedQuote> quote = hcl.verify(checks, parsed, inputs.reportData(), at);
    if (quote.isEmpty()) {
      return checks.conclude(null);
    }
    // 3. Genuine; is it good?
    boolean genuine = tdx.appraise(TdxHcl.of(checks), verified.get(), at);
    hcl.appraise(checks, parsed, quote.get());
    return checks.conclude(
        genuine ? hcl.claims(parsed, quote.get(), verified.get().identity()) : null);
  }

  private static @Nullable TdxPolicy policy(Bundle.Ruling own) throws MalformedException {
    return own.config() == null ? null : TdxHcl.policy(own.config());
  }
}
