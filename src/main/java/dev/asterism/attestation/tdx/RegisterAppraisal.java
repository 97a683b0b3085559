package dev.asterism.attestation.tdx;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Measurements.Measurement;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.Bytes;
import java.util.List;
import java.util.Map;

/** Appraises MRTD and RTMRs by the policy's reference values. */
final class RegisterAppraisal {
  static final CheckId MEASUREMENT = new CheckId("measurement", Stage.POLICY);

  /** Planned where the policy has a register that must hold something. */
  static final CheckId SET = new CheckId("measurement.set", Stage.POLICY);

  /** How many there are: MRTD and four RTMRs. */
  static final int REGISTERS = 1 + TdQuoteBody.RTMRS;

  private RegisterAppraisal() {}

  /** What {@link #appraise} will ask by these reference values. */
  static List<CheckId> plan(Measurements reference) {
    boolean set = reference.byIndex().values().stream().anyMatch(Measurement::mustBeSet);
    return set ? List.of(MEASUREMENT, SET) : List.of(MEASUREMENT);
  }

  static void appraise(Checklist checks, VerifiedTdQuote quote, Measurements reference) {
    int clusterRegister = Variant.TDX.clusterRegister().orElseThrow();
    boolean anyEnforced =
        reference.byIndex().entrySet().stream()
            .anyMatch(e -> e.getKey() != clusterRegister && !e.getValue().warnOnly());
    if (!anyEnforced) {
      checks.warn(MEASUREMENT, "the policy enforces no measurement: any software may run there");
    }
    Map<Integer, Bytes> actual = quote.body().measurements();
    reference.byIndex().forEach((index, value) -> appraise(checks, index, value, actual));
  }

  private static void appraise(
      Checklist checks, int index, Measurement reference, Map<Integer, Bytes> registers) {
    Bytes actual = registers.get(index);
    String name = Variant.TDX.registerName(index);
    boolean matches = actual != null && reference.matches(actual);
    String found = actual == null ? "no such register" : actual.hex();
    if (reference.mustBeSet()) {
      checks.check(SET, name, matches, "a value that is not zero", found);
      return;
    }
    Outcome outcome =
        matches ? Outcome.PASSED : reference.warnOnly() ? Outcome.WARNING : Outcome.FAILED;
    checks.add(
        MEASUREMENT,
        name,
        outcome,
        reference.expected().hex(),
        found,
        outcome == Outcome.WARNING ? "warn only" : "");
  }
}
