package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kind {@code tdx-quote}: a TD quote, and the collateral that was valid at its time. A config of
 * one's own (that of {@code qemu-tdx} or {@code tdx}) replaces the manifest's policy, {@code
 * --nonce} the report data that it names.
 */
public final class TdxQuoteKind implements EvidenceKind {
  static final CheckId PARSE = new CheckId("quote.parse", Stage.PARSE);

  @Override
  public Set<String> kinds() {
    return Set.of("tdx-quote");
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return TdQuoteFacts.of(TdQuote.parse(bundle.file("quote")));
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    Bytes raw = bundle.file("quote");
    ObjectNode config = own.config();
    TdxQuoteInputs inputs =
        TdxQuoteInputs.of(bundle, config == null ? null : TdxPolicyJson.parse(config));
    @Nullable Bytes reportData = inputs.reportData(own.nonce());
    List<CheckId> plan = new ArrayList<>(List.of(PARSE));
    plan.addAll(TdxVerification.plan(inputs.policy()));
    Checklist checks = new Checklist(plan);
    TdxCollateralSource source = TdxQuoteInputs.collateral(bundle);
    TdQuote quote;
    try {
      quote = TdQuote.parse(raw);
    } catch (MalformedException e) {
      checks.fail(PARSE, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(PARSE, "version " + quote.header().version());
    TdxVerification verification = new TdxVerification(inputs.policy(), new TdxTrust(source));
    Optional<VerifiedTdQuote> verified = verification.verify(checks, quote, reportData, at, true);
    if (verified.isEmpty()) {
      return checks.conclude(null);
    }
    boolean genuine = verification.appraise(checks, verified.get(), at);
    return checks.conclude(genuine ? claims(verified.get(), own.variant()) : null);
  }

  /** A quote alone does not say which variant of machine made it: that is the caller's word. */
  private static @Nullable Claims claims(VerifiedTdQuote quote, @Nullable Variant variant) {
    return new Claims(
        variant == null ? Variant.TDX : variant,
        Bytes.EMPTY,
        quote.body().measurements(),
        quote.identity());
  }
}
