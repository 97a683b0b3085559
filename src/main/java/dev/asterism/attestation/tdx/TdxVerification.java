package dev.asterism.attestation.tdx;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.tdx.TdxCollateralSource.UnavailableException;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies and appraises quotes by one policy. The steps that are numbered here and in the classes
 * it calls are those of Intel's algorithm. Safe for concurrent use.
 */
public final class TdxVerification {
  static final CheckId PADDING = new CheckId("quote.padding", Stage.PARSE);
  static final CheckId REPORT_DATA = new CheckId("quote.report-data", Stage.NONCE);

  private final TdxPolicy policy;
  private final TdxTrust trust;

  public TdxVerification(TdxPolicy policy, TdxTrust trust) {
    this.policy = policy;
    this.trust = trust;
  }

  /** What {@link #verify} and {@link #appraise} will ask by such a policy. */
  public static List<CheckId> plan(TdxPolicy policy) {
    List<CheckId> plan = new ArrayList<>(List.of(PADDING));
    plan.addAll(TdQuoteVerifier.PLAN);
    plan.add(REPORT_DATA);
    plan.addAll(CollateralVerifier.PLAN);
    plan.addAll(TcbEvaluation.PLAN);
    plan.addAll(TdxAppraisal.TCB_PLAN);
    plan.addAll(TdxAppraisal.PLAN);
    plan.addAll(RegisterAppraisal.plan(policy.measurements()));
    return plan;
  }

  /** Reads a quote that is to be verified. */
  public TdQuote parse(Bytes raw) throws MalformedException {
    return TdQuote.parse(raw, trust.chains());
  }

  /**
   * Whether the quote is genuine and answers us.
   *
   * @param reportData what it must carry, 64 bytes; null where nobody says, which only saved
   *     evidence survives
   * @param saved whether people collected it: such files have been seen with words behind the
   *     quote, which nobody reads
   */
  public Optional<VerifiedTdQuote> verify(
      Checklist checks, TdQuote quote, @Nullable Bytes reportData, Instant at, boolean saved) {
    if (quote.padding().isAllZero()) {
      checks.pass(PADDING, "");
    } else if (saved) {
      checks.warn(PADDING, "bytes that are not zero follow the quote; nothing covers them");
    } else {
      checks.fail(PADDING, "bytes that are not zero follow the quote");
      return Optional.empty();
    }
    return new TdQuoteVerifier(checks, policy.root(), trust.chains())
        .verify(quote, at)
        .filter(q -> carries(checks, q.body().reportData(), reportData, saved));
  }

  private static boolean carries(
      Checklist checks, Bytes reportData, @Nullable Bytes expected, boolean saved) {
    if (expected != null) {
      return checks.equal(REPORT_DATA, expected, reportData);
    }
    String unbound = "nobody said what it must be: the quote may be of any time";
    if (saved) {
      checks.warn(REPORT_DATA, unbound);
    } else {
      checks.fail(REPORT_DATA, unbound);
    }
    return saved;
  }

  /**
   * Whether it is good enough.
   *
   * @return whether it is still genuine by what Intel publishes
   */
  public boolean appraise(Checklist checks, VerifiedTdQuote quote, Instant at) {
    TdxAppraisal appraisal = new TdxAppraisal(checks, policy);
    boolean genuine = true;
    try {
      TdxCollateral raw = trust.source().find(quote.id());
      Optional<VerifiedCollateral> collateral =
          new CollateralVerifier(checks, quote, at)
              .verify(raw, trust.memo(), trust.numbers(), policy.leastEvaluationNumber());
      genuine = collateral.isPresent();
      collateral
          .flatMap(c -> new TcbEvaluation(checks, quote, c).evaluate())
          .ifPresent(appraisal::appraise);
    } catch (UnavailableException e) {
      without(checks, quote, String.valueOf(e.getMessage()));
    }
    appraisal.appraise(quote);
    RegisterAppraisal.appraise(checks, quote, policy.measurements());
    return genuine;
  }

  /** What cannot be said without collateral: undecided, or said aloud. */
  private void without(Checklist checks, VerifiedTdQuote quote, String why) {
    List<CheckId> all = new ArrayList<>(CollateralVerifier.PLAN);
    all.addAll(TcbEvaluation.PLAN);
    all.addAll(TdxAppraisal.TCB_PLAN);
    for (CheckId id : all) {
      if (id.equals(TcbEvaluation.MODULE) && !isIntelsModule(quote.body())) {
        checks.fail(id, "the TDX module is not signed by Intel, or has attributes");
      } else if (policy.requiresCollateral()) {
        checks.unavailable(id, "no collateral: " + why);
      } else {
        checks.warn(id, "no collateral, and the policy does without: " + why);
      }
    }
  }

  private static boolean isIntelsModule(TdQuoteBody body) {
    return body.mrSignerSeam().isAllZero() && body.seamAttributes().isAllZero();
  }
}
