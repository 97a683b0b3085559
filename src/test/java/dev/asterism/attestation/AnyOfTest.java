package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.DummyEvidence;
import dev.asterism.wire.Bytes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnyOfTest {
  private static final CheckId FIRST = new CheckId("first", Stage.PARSE);
  private static final CheckId SECOND = new CheckId("second", Stage.POLICY);
  private static final Challenge CHALLENGE =
      new Challenge(Bytes.zeros(32), Bytes.zeros(32), Instant.EPOCH);

  private static final Verifier ACCEPTS = answer(Outcome.PASSED, Outcome.PASSED);
  private static final Verifier REFUSES_AT_ONCE = answer(Outcome.FAILED, Outcome.SKIPPED);
  private static final Verifier REFUSES_LATE = answer(Outcome.PASSED, Outcome.FAILED);
  private static final Verifier CANNOT_TELL = answer(Outcome.UNAVAILABLE, Outcome.SKIPPED);

  /** A verifier with the same two answers for everything. */
  private static Verifier answer(Outcome first, Outcome second) {
    var checks = new Checklist(List.of(FIRST, SECOND));
    checks.add(FIRST, "", first, "", "", "first " + first.id());
    checks.add(SECOND, "", second, "", "", "second " + second.id());
    Appraisal appraisal = checks.conclude(null);
    return new Verifier() {
      @Override
      public Variant variant() {
        return Variant.QEMU_VTPM;
      }

      @Override
      public Appraisal verify(Bytes document, Challenge challenge) {
        return appraisal;
      }
    };
  }

  private static Appraisal judge(Verifier... verifiers) {
    return new AnyOf(List.of(verifiers)).verify(Bytes.EMPTY, CHALLENGE);
  }

  @Test
  void acceptsWhatOneAcceptsWhereverItStands() {
    for (var verifiers :
        List.of(
            List.of(ACCEPTS),
            List.of(ACCEPTS, REFUSES_LATE),
            List.of(REFUSES_AT_ONCE, CANNOT_TELL, ACCEPTS))) {
      assertTrue(judge(verifiers.toArray(Verifier[]::new)).accepted());
    }
  }

  @Test
  void asksNobodyBehindTheOneThatAccepts() {
    Verifier unasked =
        new Verifier() {
          @Override
          public Variant variant() {
            return Variant.QEMU_VTPM;
          }

          @Override
          public Appraisal verify(Bytes document, Challenge challenge) {
            throw new AssertionError("was asked");
          }
        };
    assertTrue(judge(ACCEPTS, unasked).accepted());
    assertThrows(AssertionError.class, () -> judge(REFUSES_LATE, unasked));
  }

  @Test
  void refusesWhatNoneAcceptsAndSaysWhatCameFurthest() {
    for (var verifiers :
        List.of(List.of(REFUSES_AT_ONCE, REFUSES_LATE), List.of(REFUSES_LATE, REFUSES_AT_ONCE))) {
      Appraisal refused = judge(verifiers.toArray(Verifier[]::new));

      assertEquals(Verdict.REFUSED, refused.verdict());
      assertEquals("second: second failed", refused.reason());
    }
  }

  @Test
  void isUndecidedWhereOneMightHaveAccepted() {
    assertEquals(Verdict.UNDECIDED, judge(CANNOT_TELL, REFUSES_LATE).verdict());
    assertEquals(Verdict.UNDECIDED, judge(REFUSES_LATE, CANNOT_TELL).verdict());
  }

  @Test
  void showsTheFirstOfEqualRefusals() {
    Verifier another = answer(Outcome.PASSED, Outcome.FAILED);

    assertSame(REFUSES_LATE.verify(Bytes.EMPTY, CHALLENGE), judge(REFUSES_LATE, another));
  }

  @Test
  void isOfOneVariant() {
    assertEquals(Variant.QEMU_VTPM, new AnyOf(List.of(ACCEPTS, REFUSES_LATE)).variant());
    assertThrows(IllegalArgumentException.class, () -> new AnyOf(List.of()));
    var mixed =
        List.of(
            DummyEvidence.verifier(Variant.QEMU_VTPM), DummyEvidence.verifier(Variant.QEMU_TDX));
    assertThrows(IllegalArgumentException.class, () -> new AnyOf(mixed));
  }
}
