package dev.asterism.attestation.tpm;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;

/** Appraises quoted PCRs by the policy's reference values. */
final class PcrAppraisal {
  /** Says which cluster a node is of, and nothing about what it runs. */
  private static final int CLUSTER_REGISTER = 15;

  static final CheckId MEASUREMENT = new CheckId("measurement", Stage.POLICY);

  private PcrAppraisal() {}

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
      Checklist checks, VerifiedQuote quote, int pcr, Measurements.Measurement reference) {
    Bytes actual = quote.pcrs().get(pcr);
    boolean matches = actual != null && actual.equals(reference.expected());
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
