package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Stage;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The quote of a bundle, in the form that tools save it: roles {@code attest}, {@code signature},
 * {@code pcrs}, {@code eventlog}, and the key's. Whose key it is, the bundle's kind decides.
 */
public final class BundledQuote {
  /** What {@link #verify} asks. */
  public static final List<CheckId> VERIFY_PLAN;

  /** What {@link #explain} asks. */
  public static final List<CheckId> EXPLAIN_PLAN = EventLogAppraisal.PLAN;

  /** What {@link #appraise} asks. */
  public static final CheckId MEASUREMENT = PcrAppraisal.MEASUREMENT;

  /** What {@link #checkAttributes} asks. */
  public static final CheckId ATTRIBUTES = AkAttributes.CHECK;

  static final CheckId DIGEST_HASH = new CheckId("quote.digest-hash", Stage.PCRS);

  static {
    var plan = new java.util.ArrayList<>(QuoteVerifier.PLAN);
    plan.add(DIGEST_HASH);
    VERIFY_PLAN = List.copyOf(plan);
  }

  private final QuoteInputs inputs;
  private final QuoteBundle evidence;

  private BundledQuote(QuoteInputs inputs, QuoteBundle evidence) {
    this.inputs = inputs;
    this.evidence = evidence;
  }

  /** What the manifest asks, read before the evidence is looked at. */
  public static final class Request {
    private final Bundle bundle;
    private final QuoteInputs inputs;

    /**
     * Reads the manifest's inputs.
     *
     * @param ownNonce replaces the manifest's; null where the manifest's counts
     * @throws MalformedException if the manifest is wrong, or names no file of a quote
     */
    public Request(Bundle bundle, @Nullable Bytes ownNonce) throws MalformedException {
      this.bundle = bundle;
      this.inputs = QuoteInputs.of(bundle, ownNonce);
      for (String role : List.of("attest", "signature", "pcrs")) {
        bundle.file(role);
      }
    }

    public Bytes nonce() {
      return inputs.nonce();
    }

    /**
     * Reads the evidence.
     *
     * @param key whose the quote should be; null: the bundle's own
     * @throws MalformedException if the evidence cannot be parsed
     */
    public BundledQuote read(@Nullable PublicKey key) throws MalformedException {
      return new BundledQuote(inputs, QuoteBundle.of(bundle, inputs, key));
    }
  }

  public PublicKey key() {
    return evidence.key();
  }

  /** The key as a binding looks at it. */
  public AkBinding.Presented presented(java.time.Instant at) {
    return new AkBinding.Presented(
        evidence.key(),
        evidence.area(),
        null,
        evidence.certificates(),
        new Challenge(inputs.nonce(), null, at));
  }

  /** Checks the key's public area, where the bundle has it. */
  public void checkAttributes(Checklist checks) {
    TpmtPublic area = evidence.area();
    if (area == null) {
      checks.skip(ATTRIBUTES, "the bundle holds the key without its public area");
    } else {
      AkAttributes.check(checks, area);
    }
  }

  /**
   * Who made the quote.
   *
   * @param bound what the key's binding proves
   */
  public Map<Identifier, String> identity(VerifiedQuote quote, Map<Identifier, String> bound) {
    return AkIdentity.of(evidence.key(), evidence.area(), quote, bound);
  }

  /** Whether the key signed, for the nonce, exactly these values; empty where a check failed. */
  public Optional<VerifiedQuote> verify(Checklist checks) {
    TpmtPublic area = evidence.area();
    Optional<VerifiedQuote> verified =
        new QuoteVerifier(checks, evidence.key(), area == null ? null : area.parameters())
            .verify(
                new QuoteVerifier.Presented(
                    evidence.attest(), evidence.signature(), inputs.bank(), evidence.values()),
                new QuoteVerifier.Expected(inputs.nonce(), inputs.requirePcrs(), false));
    digestHash(checks);
    return checks.anyFailed() ? Optional.empty() : verified;
  }

  private void digestHash(Checklist checks) {
    Digests expected = inputs.digestHash();
    Digests actual = evidence.signature().hash();
    if (expected == null) {
      checks.skip(DIGEST_HASH, "the manifest names none: it is the signing scheme's");
    } else {
      checks.check(
          DIGEST_HASH, expected == actual, Algorithms.bank(expected), Algorithms.bank(actual));
    }
  }

  /** Whether the event log explains the quoted values. */
  public void explain(Checklist checks, VerifiedQuote quote) {
    if (evidence.eventLog() != null) {
      EventLogAppraisal.order(checks, evidence.eventLog(), false);
      EventLogAppraisal.replay(checks, evidence.eventLog(), quote, inputs.eventlogPcrs());
    } else if (inputs.eventlogPcrs().isEmpty()) {
      EventLogAppraisal.skip(checks, "the bundle holds no event log");
    } else {
      checks.skip(EventLogAppraisal.ORDER, "the bundle holds no event log");
      checks.fail(
          EventLogAppraisal.REPLAY, "no event log explains " + PcrList.of(inputs.eventlogPcrs()));
    }
  }

  /**
   * Whether the values are good ones.
   *
   * @param reference of the SHA-256 bank; null: nobody says which are
   */
  public static void appraise(
      Checklist checks, VerifiedQuote quote, @Nullable Measurements reference) {
    if (reference == null) {
      checks.skip(PcrAppraisal.MEASUREMENT, "no config says which values are good");
    } else if (quote.bank() != Digests.SHA256) {
      checks.fail(
          PcrAppraisal.MEASUREMENT,
          "the config's values are of the sha256 bank, the quote is of "
              + Algorithms.bank(quote.bank()));
    } else {
      PcrAppraisal.appraise(checks, quote, reference);
    }
  }

  /** What is inside, for people and unverified. */
  public List<dev.asterism.attestation.EvidenceKind.Fact> facts() {
    return QuoteFacts.of(evidence);
  }
}
