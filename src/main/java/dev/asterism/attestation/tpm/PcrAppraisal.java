package dev.asterism.attestation.tpm;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Measurements.Measurement;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import java.util.List;

/** Appraises quoted PCRs by the policy's reference values. */
final class PcrAppraisal {
  /** Says which cluster a node is of, and nothing about what it runs. */
  private static final int CLUSTER_REGISTER = 15;

  static final CheckId MEASUREMENT = new CheckId("measurement", Stage.POLICY);

  /** Planned where the policy has a register that must hold something. */
  static final CheckId SET = new CheckId("measurement.set", Stage.POLICY);

  private PcrAppraisal() {}

  /** What {@link #appraise} will ask by these reference values. */
  static List<CheckId> plan(Measurements reference) {
    boolean set = reference.byIndex().values().stream().anyMatch(Measurement::mustBeSet);
    return set ? List.of(MEASUREMENT, SET) : List.of(MEASUREMENT);
  }

  static void appraise(Checklist checks, VerifiedQuote quote, Measurements reference) {
    boolean anyEnforced =
        reference.byIndex().entrySet().stream()
            .anyMatch(e -> e.getKey() != CLUSTER_REGISTER && !e.getValue().warnOnly());
    if (!anyEnforced) {
      checks.warn(MEASUREMENT, "the policy enforces no measurement: any software may run there");
    }
    reference.byIndex().forEach((pcr, value) -> appraise(checks, quote, pcr, value));
  }

  private static void appraise(
      Checklist checks, VerifiedQuote quote, int pcr, Measurement reference) {
    Bytes actual = quote.pcrs().get(pcr);
    boolean matches = actual != null && reference.matches(actual);
    if (reference.mustBeSet()) {
      checks.check(
          SET,
          "PCR " + pcr,
          matches,
          "a value that is not zero",
          actual == null ? "no quoted value" : actual.hex());
      return;
    }
    Outcome outcome =
        matches ? Outcome.PASSED : reference.warnOnly() ? Outcome.WARNING : Outcome.FAILED;
    String expected = reference.expected().hex();
    checks.add(
        MEASUREMENT,
        "PCR " + pcr,
        outcome,
        expected,
        // Each verdict lists two dozen: no second text for the same value.
        matches ? expected : actual == null ? "no quoted value" : actual.hex(),
        outcome == Outcome.WARNING ? "warn only" : "");
  }
}
