package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kind {@code tpm-quote}: one quote, its signature, the key and the PCR values, as tools save them.
 * The bundle's key is taken as it is; a config of one's own also says whom to trust ({@code
 * akTrust}) and which values are good ({@code measurements}).
 */
public final class TpmQuoteKind implements EvidenceKind {
  static final CheckId FILES = new CheckId("files.parse", Stage.PARSE);

  @Override
  public Set<String> kinds() {
    return Set.of("tpm-quote");
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return new BundledQuote.Request(bundle, Bytes.EMPTY).read(null).facts();
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    var request = new BundledQuote.Request(bundle, own.nonce());
    if (bundle.optionalFile("ak_public").isEmpty()) {
      bundle.file("ak");
    }
    Own ruling = own(own);
    Checklist checks = new Checklist(plan(ruling));
    BundledQuote evidence;
    try {
      evidence = request.read(null);
    } catch (MalformedException e) {
      checks.fail(FILES, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(FILES, "");
    Optional<AkBinding.Bound> bound = checkKey(checks, evidence, ruling, at);
    if (bound.isEmpty() || checks.anyFailed()) {
      return checks.conclude(null);
    }
    Optional<VerifiedQuote> verified = evidence.verify(checks);
    if (verified.isEmpty()) {
      return checks.conclude(null);
    }
    VerifiedQuote quote = verified.get();
    evidence.explain(checks, quote);
    BundledQuote.appraise(checks, quote, ruling.measurements());
    return checks.conclude(claims(evidence, quote, own.variant(), bound.get().identity()));
  }

  /** What a config of one's own asks for; null where there is none. */
  private record Own(@Nullable AkTrust trust, @Nullable Measurements measurements) {}

  private static Own own(Bundle.Ruling own) throws MalformedException {
    ObjectNode config = own.config();
    if (config == null) {
      return new Own(null, null);
    }
    return new Own(AkTrustConfig.parse(config), PcrPolicy.measurements(config, Variant.QEMU_VTPM));
  }

  private static List<CheckId> plan(Own own) {
    List<CheckId> plan = new ArrayList<>(List.of(FILES, BundledQuote.ATTRIBUTES));
    plan.addAll(own.trust() == null ? List.of(AkTrust.TRUST) : own.trust().plan());
    plan.addAll(BundledQuote.VERIFY_PLAN);
    plan.addAll(BundledQuote.EXPLAIN_PLAN);
    plan.add(BundledQuote.MEASUREMENT);
    return plan;
  }

  private static Optional<AkBinding.Bound> checkKey(
      Checklist checks, BundledQuote evidence, Own own, Instant at) {
    evidence.checkAttributes(checks);
    if (own.trust() == null) {
      checks.skip(AkTrust.TRUST, "the bundle's key is taken as it is");
      return Optional.of(AkBinding.Bound.by(Map.of()));
    }
    return own.trust().check(checks, evidence.presented(at));
  }

  /** A quote alone does not say what kind of machine made it: that is the caller's word. */
  private static @Nullable Claims claims(
      BundledQuote evidence,
      VerifiedQuote quote,
      @Nullable Variant variant,
      Map<Identifier, String> bound) {
    if (variant == null || variant.measurementHash() != quote.bank()) {
      return null;
    }
    return new Claims(variant, Bytes.EMPTY, quote.pcrs(), evidence.identity(quote, bound));
  }
}
