package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Runs forged quotes and collateral through the verification, for tests. */
final class TdxSteps {
  private static final List<String> STEPS = steps();

  private TdxSteps() {}

  static TdxCollateral collateral(ForgedTdx forged) {
    Map<String, Bytes> files = forged.collateral();
    return new TdxCollateral(
        file(files, "tcb-info.json"),
        file(files, "tcb-info-chain.pem"),
        file(files, "qe-identity.json"),
        file(files, "qe-identity-chain.pem"),
        file(files, "root-crl.der"),
        file(files, "pck-crl.der"));
  }

  private static Bytes file(Map<String, Bytes> files, String name) {
    return Optional.ofNullable(files.get(name)).orElseThrow();
  }

  static TdxPolicy policy(ObjectNode config) {
    try {
      return TdxPolicyJson.parse(config);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  static Appraisal judge(ForgedTdx forged) {
    return judge(forged, policy(ForgedTdx.config()), ForgedTdx.AT);
  }

  static Appraisal judge(ForgedTdx forged, TdxPolicy policy, Instant at) {
    TdxCollateral collateral = collateral(forged);
    return judge(forged, policy, at, new TdxTrust(platform -> collateral));
  }

  static Appraisal judge(ForgedTdx forged, TdxPolicy policy, Instant at, TdxTrust trust) {
    Checklist checks = new Checklist(TdxVerification.plan(policy));
    TdxVerification verification = new TdxVerification(policy, trust);
    TdQuote quote;
    try {
      quote = verification.parse(forged.quote.make());
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
    verification
        .verify(checks, quote, Bytes.zeros(64), at, false)
        .ifPresent(q -> verification.appraise(checks, q, at));
    return checks.conclude(null);
  }

  /** The checks that failed, by name. */
  static List<String> failed(Appraisal appraisal) {
    return appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList();
  }

  /** What is said of a check, each time that it was made. */
  static List<String> notes(String check, Appraisal appraisal) {
    return appraisal.checks().stream()
        .filter(c -> c.id().id().equals(check))
        .map(Check::note)
        .toList();
  }

  /**
   * It is the one check that failed, it says why, and no step behind it was taken. What a policy
   * asks of the quote itself is no step.
   */
  static void assertEndsAt(String check, Appraisal appraisal) {
    assertEquals(List.of(check), failed(appraisal));
    Check failed = only(appraisal);
    assertNotEquals("", failed.note() + failed.expected() + failed.actual());
    if (STEPS.contains(check)) {
      assertEquals(
          failed,
          appraisal.checks().stream()
              .filter(c -> STEPS.contains(c.id().id()) && c.outcome() != Outcome.SKIPPED)
              .toList()
              .getLast());
    }
  }

  private static List<String> steps() {
    List<CheckId> steps = new ArrayList<>(List.of(TdxVerification.PADDING));
    steps.addAll(TdQuoteVerifier.PLAN);
    steps.add(TdxVerification.REPORT_DATA);
    steps.addAll(CollateralVerifier.PLAN);
    steps.addAll(TcbEvaluation.PLAN);
    steps.add(TdxAppraisal.STATUS);
    return steps.stream().map(CheckId::id).toList();
  }

  static Check only(Appraisal appraisal) {
    List<Check> failed = appraisal.with(Outcome.FAILED);
    if (failed.size() != 1) {
      throw new AssertionError(failed.toString());
    }
    return failed.getFirst();
  }
}
