package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppraisalTextTest {
  private static final CheckId SIGNATURE = new CheckId("quote.signature", Stage.SIGNATURE);
  private static final CheckId MEASUREMENT = new CheckId("measurement", Stage.PCRS);
  private static final CheckId KEY = new CheckId("ak.trust", Stage.CHAIN);
  private static final String EXPECTED = "0a".repeat(16) + "0b".repeat(16);
  private static final String ACTUAL = "1a".repeat(16) + "1b".repeat(16);

  private final Checklist checks = new Checklist(List.of(SIGNATURE, MEASUREMENT, KEY));

  @Test
  void aRefusalNamesTheFirstFailureAndCountsTheOthers() {
    checks.pass(SIGNATURE, "");
    checks.check(MEASUREMENT, "PCR 4", false, EXPECTED, ACTUAL);
    checks.check(MEASUREMENT, "PCR 9", false, EXPECTED, ACTUAL);
    checks.warn(KEY, "the attestation key is taken as it comes");

    assertText(
        """
        CHECK            SUBJECT  OUTCOME  EXPECTED               ACTUAL                 NOTE
        quote.signature           passed
        measurement      PCR 4    failed   0a0a0a0a0a0a…0b0b0b0b  1a1a1a1a1a1a…1b1b1b1b
        measurement      PCR 9    failed   0a0a0a0a0a0a…0b0b0b0b  1a1a1a1a1a1a…1b1b1b1b
        ak.trust                  warning                                                \
        the attestation key is taken as it comes

        REFUSED    PCR 4: expected 0a0a0a0a0a0a…0b0b0b0b got 1a1a1a1a1a1a…1b1b1b1b (and 1 more failed)
        """);
  }

  @Test
  void anAcceptanceCountsWhatPassedAndWhatWasTolerated() {
    checks.pass(SIGNATURE, "");
    checks.add(MEASUREMENT, "PCR 4", Outcome.PASSED, "00", "00", "");
    checks.warn(KEY, "taken as it comes");

    assertText(
        """
        CHECK            SUBJECT  OUTCOME  EXPECTED  ACTUAL  NOTE
        quote.signature           passed
        measurement      PCR 4    passed   00        00
        ak.trust                  warning                    taken as it comes

        ACCEPTED   2 checks passed, 1 warning
        """);
  }

  @Test
  void whatIsUndecidedSaysWhatWasMissing() {
    checks.unavailable(SIGNATURE, "no key");

    assertText(
        """
        CHECK            OUTCOME      NOTE
        quote.signature  unavailable  no key
        measurement      skipped      not reached: quote.signature unavailable
        ak.trust         skipped      not reached: quote.signature unavailable

        UNDECIDED  quote.signature: no key
        """);
  }

  @Test
  void nothingThatActsOnATerminalGetsThrough() {
    checks.fail(SIGNATURE, "a\u001b[31mb\nc\u202ed\r");

    Appraisal appraisal = checks.conclude(null);
    assertEquals(
        "REFUSED    quote.signature: a\uFFFD[31mb\uFFFDc\uFFFDd\uFFFD",
        AppraisalText.verdictLine(appraisal));
    assertEquals(6, AppraisalText.of(appraisal).lines().count());
  }

  private void assertText(String expected) {
    assertEquals(expected, AppraisalText.of(checks.conclude(null)));
  }
}
