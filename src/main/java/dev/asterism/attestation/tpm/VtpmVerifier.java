package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges vTPM documents by one policy. */
final class VtpmVerifier implements Verifier {
  static final CheckId DOCUMENT = new CheckId("document.parse", Stage.PARSE);
  static final CheckId BANKS = new CheckId("document.banks", Stage.PCRS);
  static final CheckId USER_DATA = new CheckId("document.user-data", Stage.BINDING);

  /** The bank that is appraised. */
  private static final Digests BANK = Digests.SHA256;

  private final PcrPolicy policy;
  private final List<CheckId> plan;

  VtpmVerifier(PcrPolicy policy) {
    this.policy = policy;
    List<CheckId> all = new ArrayList<>(List.of(DOCUMENT, AkAttributes.CHECK));
    all.addAll(policy.binding().plan());
    all.add(BANKS);
    all.addAll(QuoteVerifier.PLAN);
    all.add(USER_DATA);
    all.addAll(EventLogAppraisal.PLAN);
    all.addAll(PcrAppraisal.plan(policy.measurements()));
    this.plan = List.copyOf(all);
  }

  @Override
  public Variant variant() {
    return policy.variant();
  }

  @Override
  public Appraisal verify(Bytes document, Challenge challenge) {
    Checklist checks = new Checklist(plan);
    // 1. Everything is read once; what is verified and what is used are the same objects.
    ParsedDocument parsed;
    try {
      parsed = ParsedDocument.of(document);
    } catch (MalformedException e) {
      checks.fail(DOCUMENT, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(DOCUMENT, "");
    // 2. The key is a TPM's, and the TPM the right one.
    AkAttributes.check(checks, parsed.ak());
    Optional<AkBinding.Bound> bound = policy.binding().check(checks, parsed.presented(challenge));
    if (bound.isEmpty() || checks.anyFailed()) {
      return checks.conclude(null);
    }
    // 3. Each quote is genuine, fresh, and over these PCRs; one is of the bank to appraise.
    List<VerifiedQuote> quotes = quotes(checks, parsed, challenge);
    // 4. The document speaks for whom it should.
    userData(checks, parsed.document(), challenge);
    if (checks.anyFailed()) {
      return checks.conclude(null);
    }
    VerifiedQuote quote = quotes.stream().filter(q -> q.bank() == BANK).findFirst().orElseThrow();
    // 5. Genuine; is it good? What binds the key is; the log explains the values, and they are
    // those of the policy.
    boolean genuine = bound.get().rest().appraise(checks, parsed.eventLog(), challenge.at());
    eventLog(checks, parsed.eventLog(), quotes);
    PcrAppraisal.appraise(checks, quote, policy.measurements());
    return checks.conclude(genuine ? claims(parsed, quote, bound.get().identity()) : null);
  }

  /**
   * Those that are genuine: all of them, that of {@link #BANK} among them, unless a check failed.
   */
  private List<VerifiedQuote> quotes(Checklist checks, ParsedDocument parsed, Challenge challenge) {
    List<Digests> banks = parsed.quotes().stream().map(QuoteVerifier.Presented::bank).toList();
    boolean distinct = Set.copyOf(banks).size() == banks.size();
    if (!checks.check(
        BANKS,
        "quoted banks",
        distinct && banks.contains(BANK),
        "one quote of the sha256 bank, and at most one of each other",
        String.join(", ", banks.stream().map(Algorithms::bank).toList()))) {
      return List.of();
    }
    var expected =
        new QuoteVerifier.Expected(
            parsed.document().qualifyingData(challenge.nonce()), PcrSelection.all(), true);
    QuoteVerifier verifier = new QuoteVerifier(checks, parsed.key(), parsed.ak().parameters());
    List<VerifiedQuote> verified = new ArrayList<>();
    for (QuoteVerifier.Presented quote : parsed.quotes()) {
      verifier.verify(quote, expected).ifPresent(verified::add);
    }
    return verified;
  }

  private static void eventLog(
      Checklist checks, @Nullable EventLog log, List<VerifiedQuote> quotes) {
    if (log == null) {
      EventLogAppraisal.absent(checks);
      return;
    }
    EventLogAppraisal.order(checks, log, true);
    quotes.forEach(quote -> EventLogAppraisal.replay(checks, log, quote, Set.of()));
  }

  private static void userData(Checklist checks, VtpmDocument document, Challenge challenge) {
    Bytes expected = challenge.userData();
    if (expected == null) {
      checks.skip(USER_DATA, "nobody said what it must be");
    } else {
      checks.check(
          USER_DATA,
          "user data",
          expected.equals(document.userData()),
          expected.hex(),
          document.userData().hex());
    }
  }

  private Claims claims(ParsedDocument parsed, VerifiedQuote quote, Map<Identifier, String> bound) {
    Map<Identifier, String> identity = AkIdentity.of(parsed.key(), parsed.ak(), quote, bound);
    return new Claims(variant(), parsed.document().userData(), quote.pcrs(), identity);
  }
}
