package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Runs forged quotes and collateral through the verification, for tests. */
final class TdxSteps {
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

  /** The steps of the algorithm, in order: each asks only where all before it hold. */
  private static final List<CheckId> STEPS =
      Stream.of(
              List.of(TdxVerification.PADDING),
              TdQuoteVerifier.PLAN,
              List.of(TdxVerification.REPORT_DATA),
              CollateralVerifier.PLAN,
              TcbEvaluation.PLAN,
              List.of(TdxAppraisal.STATUS))
          .flatMap(List::stream)
          .toList();

  /** Which steps behind one were taken, by name; none behind what is no step. */
  static List<String> takenBehind(String step, Appraisal appraisal) {
    List<CheckId> behind = STEPS.stream().dropWhile(id -> !id.id().equals(step)).skip(1).toList();
    return appraisal.checks().stream()
        .filter(c -> behind.contains(c.id()) && !c.note().startsWith("not reached: "))
        .map(c -> c.id().id())
        .toList();
  }

  static Check only(Appraisal appraisal) {
    List<Check> failed = appraisal.with(Outcome.FAILED);
    if (failed.size() != 1) {
      throw new AssertionError(failed.toString());
    }
    return failed.getFirst();
  }
}
