package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.crypto.Digests;
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
  static final CheckId DIGEST_HASH = new CheckId("quote.digest-hash", Stage.PCRS);

  @Override
  public Set<String> kinds() {
    return Set.of("tpm-quote");
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return QuoteFacts.of(QuoteBundle.of(bundle, QuoteInputs.of(bundle, Bytes.EMPTY)));
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    QuoteInputs inputs = QuoteInputs.of(bundle, own.nonce());
    requireFiles(bundle);
    Own ruling = own(own);
    Checklist checks = new Checklist(plan(ruling));
    QuoteBundle evidence;
    try {
      evidence = QuoteBundle.of(bundle, inputs);
    } catch (MalformedException e) {
      checks.fail(FILES, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(FILES, "");
    Map<Identifier, String> bound = checkKey(checks, evidence, ruling, inputs, at);
    if (checks.anyFailed()) {
      return checks.conclude(null);
    }
    Optional<VerifiedQuote> verified = verify(checks, evidence, inputs);
    digestHash(checks, evidence, inputs);
    if (verified.isEmpty() || checks.anyFailed()) {
      return checks.conclude(null);
    }
    VerifiedQuote quote = verified.get();
    eventLog(checks, evidence, quote, inputs);
    measurements(checks, quote, ruling);
    return checks.conclude(claims(evidence, quote, own.variant(), bound));
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
    List<CheckId> plan = new ArrayList<>(List.of(FILES, AkAttributes.CHECK));
    plan.addAll(own.trust() == null ? List.of(AkTrust.TRUST) : own.trust().plan());
    plan.addAll(QuoteVerifier.PLAN);
    plan.add(DIGEST_HASH);
    plan.addAll(EventLogAppraisal.PLAN);
    plan.add(PcrAppraisal.MEASUREMENT);
    return plan;
  }

  /** A manifest that names no such file is wrong itself. */
  private static void requireFiles(Bundle bundle) throws MalformedException {
    for (String role : List.of("attest", "signature", "pcrs")) {
      bundle.file(role);
    }
    if (bundle.optionalFile("ak_public").isEmpty()) {
      bundle.file("ak");
    }
  }

  private static Map<Identifier, String> checkKey(
      Checklist checks, QuoteBundle evidence, Own own, QuoteInputs inputs, Instant at) {
    TpmtPublic area = evidence.area();
    if (area == null) {
      checks.skip(AkAttributes.CHECK, "the bundle holds the key without its public area");
    } else {
      AkAttributes.check(checks, area);
    }
    if (own.trust() == null) {
      checks.skip(AkTrust.TRUST, "the bundle's key is taken as it is");
      return Map.of();
    }
    return own.trust()
        .check(
            checks,
            new AkBinding.Presented(
                evidence.key(),
                area,
                null,
                evidence.certificates(),
                new Challenge(inputs.nonce(), null, at)));
  }

  private static Optional<VerifiedQuote> verify(
      Checklist checks, QuoteBundle evidence, QuoteInputs inputs) {
    TpmtPublic area = evidence.area();
    return new QuoteVerifier(checks, evidence.key(), area == null ? null : area.parameters())
        .verify(
            new QuoteVerifier.Presented(
                evidence.attest(), evidence.signature(), inputs.bank(), evidence.values()),
            new QuoteVerifier.Expected(inputs.nonce(), inputs.requirePcrs(), false));
  }

  private static void digestHash(Checklist checks, QuoteBundle evidence, QuoteInputs inputs) {
    Digests expected = inputs.digestHash();
    Digests actual = evidence.signature().hash();
    if (expected == null) {
      checks.skip(DIGEST_HASH, "the manifest names none: it is the signing scheme's");
    } else {
      checks.check(
          DIGEST_HASH, expected == actual, Algorithms.bank(expected), Algorithms.bank(actual));
    }
  }

  private static void eventLog(
      Checklist checks, QuoteBundle evidence, VerifiedQuote quote, QuoteInputs inputs) {
    if (evidence.eventLog() == null) {
      if (inputs.eventlogPcrs().isEmpty()) {
        EventLogAppraisal.skip(checks, "the bundle holds no event log");
      } else {
        checks.skip(EventLogAppraisal.ORDER, "the bundle holds no event log");
        checks.fail(
            EventLogAppraisal.REPLAY, "no event log explains " + PcrList.of(inputs.eventlogPcrs()));
      }
      return;
    }
    EventLogAppraisal.order(checks, evidence.eventLog(), false);
    EventLogAppraisal.replay(checks, evidence.eventLog(), quote, inputs.eventlogPcrs());
  }

  private static void measurements(Checklist checks, VerifiedQuote quote, Own own) {
    if (own.measurements() == null) {
      checks.skip(PcrAppraisal.MEASUREMENT, "no config says which values are good");
    } else if (quote.bank() != Variant.QEMU_VTPM.measurementHash()) {
      checks.fail(
          PcrAppraisal.MEASUREMENT,
          "the config's values are of the sha256 bank, the quote is of "
              + Algorithms.bank(quote.bank()));
    } else {
      PcrAppraisal.appraise(checks, quote, own.measurements());
    }
  }

  /** A quote alone does not say what kind of machine made it: that is the caller's word. */
  private static @Nullable Claims claims(
      QuoteBundle evidence,
      VerifiedQuote quote,
      @Nullable Variant variant,
      Map<Identifier, String> bound) {
    if (variant == null || variant.measurementHash() != quote.bank()) {
      return null;
    }
    return new Claims(
        variant,
        Bytes.EMPTY,
        quote.pcrs(),
        AkIdentity.of(evidence.key(), evidence.area(), quote, bound));
  }
}
