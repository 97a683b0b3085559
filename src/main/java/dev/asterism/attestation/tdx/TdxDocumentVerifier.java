package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges documents of {@code qemu-tdx} and {@code tdx} by one policy. */
final class TdxDocumentVerifier implements Verifier {
  static final CheckId DOCUMENT = new CheckId("document.parse", Stage.PARSE);
  static final CheckId USER_DATA = new CheckId("document.user-data", Stage.BINDING);

  private final TdxBinding binding;
  private final TdxVerification verification;
  private final List<CheckId> plan;

  TdxDocumentVerifier(TdxBinding binding, TdxPolicy policy, TdxTrust trust) {
    this.binding = binding;
    this.verification = new TdxVerification(policy, trust);
    List<CheckId> all = new ArrayList<>(List.of(DOCUMENT));
    all.addAll(TdxVerification.plan(policy));
    all.add(USER_DATA);
    if (binding == TdxBinding.METAL) {
      all.add(CcelAppraisal.REPLAY);
    }
    this.plan = List.copyOf(all);
  }

  @Override
  public Variant variant() {
    return binding.variant();
  }

  /** A document with all that is in it read. */
  private record Parsed(TdxDocument document, TdQuote quote, @Nullable EventLog log) {
    static Parsed of(TdxBinding binding, Bytes json, TdxVerification quotes)
        throws MalformedException {
      TdxDocument document = TdxDocument.parse(binding, json);
      Bytes log = document.eventLog();
      return new Parsed(
          document,
          quotes.parse(document.rawQuote()),
          log == null ? null : EventLog.parseCcel(log));
    }
  }

  @Override
  public Appraisal verify(Bytes json, Challenge challenge) {
    Checklist checks = new Checklist(plan);
    Parsed parsed;
    try {
      parsed = Parsed.of(binding, json, verification);
    } catch (MalformedException e) {
      checks.fail(DOCUMENT, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(DOCUMENT, "");
    Bytes userData = parsed.document().userData();
    Optional<VerifiedTdQuote> verified =
        verification.verify(
            checks,
            parsed.quote(),
            binding.reportData(userData, challenge.nonce()),
            challenge.at(),
            false);
    userData(checks, userData, challenge);
    // Where nothing is verified, a check has failed.
    if (checks.anyFailed()) {
      return checks.conclude(null);
    }
    VerifiedTdQuote quote = verified.orElseThrow();
    boolean genuine = verification.appraise(checks, quote, challenge.at());
    if (binding == TdxBinding.METAL) {
      CcelAppraisal.replay(checks, parsed.log(), quote.body());
    }
    return checks.conclude(genuine ? claims(quote, userData) : null);
  }

  private static void userData(Checklist checks, Bytes actual, Challenge challenge) {
    Bytes expected = challenge.userData();
    if (expected == null) {
      checks.skip(USER_DATA, "nobody said what it must be");
    } else {
      checks.check(USER_DATA, "user data", expected.equals(actual), expected.hex(), actual.hex());
    }
  }

  private Claims claims(VerifiedTdQuote quote, Bytes userData) {
    return new Claims(variant(), userData, quote.body().measurements(), quote.identity());
  }
}
