package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChecklistTest {
  private static final CheckId SIGNATURE = new CheckId("signature", Stage.SIGNATURE);
  private static final CheckId NONCE = new CheckId("nonce", Stage.NONCE);
  private static final CheckId STRANGE = new CheckId("strange", Stage.POLICY);

  private final Checklist checks = new Checklist(List.of(SIGNATURE, NONCE));

  @Test
  void acceptsWhereEveryPlannedCheckPassed() {
    checks.pass(SIGNATURE, "");
    checks.pass(NONCE, "");
    assertEquals(Verdict.ACCEPTED, checks.conclude(null).verdict());
  }

  @Test
  void refusesWhereAPlannedCheckWasNeverMade() {
    checks.pass(SIGNATURE, "");
    Appraisal appraisal = checks.conclude(null);
    assertEquals(Verdict.REFUSED, appraisal.verdict());
    assertEquals("nonce: this check was never made", appraisal.reason());
  }

  @Test
  void listsChecksBehindAFailureAsNotReached() {
    checks.fail(SIGNATURE, "bad");
    Appraisal appraisal = checks.conclude(null);
    assertEquals(Verdict.REFUSED, appraisal.verdict());
    assertEquals(Outcome.SKIPPED, appraisal.checks().get(1).outcome());
    assertEquals("not reached: signature failed", appraisal.checks().get(1).note());
  }

  @Test
  void isUndecidedWhereARequiredCheckWasUnavailable() {
    checks.pass(SIGNATURE, "");
    checks.unavailable(NONCE, "no clock");
    Appraisal appraisal = checks.conclude(null);
    assertEquals(Verdict.UNDECIDED, appraisal.verdict());
    assertTrue(!appraisal.accepted());
    assertEquals("nonce: no clock", appraisal.reason());
  }

  @Test
  void isUndecidedWhereNothingWasReachedBehindAnUnavailableCheck() {
    checks.unavailable(SIGNATURE, "no root");
    Appraisal appraisal = checks.conclude(null);
    assertEquals(Verdict.UNDECIDED, appraisal.verdict());
    assertEquals("not reached: signature unavailable", appraisal.checks().get(1).note());
  }

  @Test
  void namesTheFirstThatStoppedIt() {
    for (Outcome outcome : List.of(Outcome.FAILED, Outcome.UNAVAILABLE)) {
      var three = new Checklist(List.of(SIGNATURE, NONCE, STRANGE));
      three.add(SIGNATURE, "", outcome, "", "", "");
      three.add(NONCE, "", outcome, "", "", "");
      assertEquals(
          "not reached: signature " + outcome.id(), three.conclude(null).checks().get(2).note());
    }
  }

  @Test
  void refusesEvenWhereAnotherCheckWasUnavailable() {
    checks.unavailable(SIGNATURE, "");
    checks.fail(NONCE, "");
    assertEquals(Verdict.REFUSED, checks.conclude(null).verdict());
  }

  @Test
  void acceptsWithAWarning() {
    checks.pass(SIGNATURE, "");
    checks.warn(NONCE, "tolerated");
    assertEquals(Verdict.ACCEPTED, checks.conclude(null).verdict());
  }

  @Test
  void refusesOneOfSeveralAnswersToTheSameCheck() {
    checks.pass(SIGNATURE, "");
    checks.check(NONCE, "PCR 4", true, "aa", "aa");
    checks.check(NONCE, "PCR 5", false, "aa", "bb");
    Appraisal appraisal = checks.conclude(null);
    assertEquals(Verdict.REFUSED, appraisal.verdict());
    assertEquals("PCR 5: expected aa got bb", appraisal.reason());
  }

  @Test
  void takesNoCheckThatIsNotInThePlan() {
    assertThrows(IllegalArgumentException.class, () -> checks.pass(STRANGE, ""));
  }

  @Test
  void takesNoEmptyPlan() {
    assertThrows(IllegalArgumentException.class, () -> new Checklist(List.of()));
  }

  @Test
  void tellsChecksOfTheSameNameApartByTheirPrefix() {
    var both =
        new Checklist(
            List.of(SIGNATURE, Checklist.within("inner.", List.of(SIGNATURE)).getFirst()));
    both.pass(SIGNATURE, "");
    both.within("inner.").fail(SIGNATURE, "");
    Appraisal appraisal = both.conclude(null);
    assertEquals(
        List.of("inner.signature"),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList());
    assertEquals(1, appraisal.with(Outcome.PASSED).size());
  }

  @Test
  void aCheckWithinAPrefixIsNotTheOneWithout() {
    var both =
        new Checklist(
            List.of(SIGNATURE, Checklist.within("inner.", List.of(SIGNATURE)).getFirst()));
    both.pass(SIGNATURE, "");
    both.pass(SIGNATURE, "");
    assertEquals(Verdict.REFUSED, both.conclude(null).verdict());
    assertThrows(IllegalArgumentException.class, () -> both.within("other.").pass(SIGNATURE, ""));
  }

  @Test
  void answersAreOfTheirOutcomesAndReturnThem() {
    assertTrue(checks.check(SIGNATURE, true, "a", "a"));
    assertFalse(checks.anyFailed());
    assertTrue(checks.equal(NONCE, Bytes.zeros(1), Bytes.zeros(1)));
    assertFalse(checks.equal(NONCE, Bytes.zeros(1), Bytes.zeros(2)));
    assertTrue(checks.anyFailed());
    checks.skip(SIGNATURE, "");
    checks.warn(SIGNATURE, "");
    assertEquals(
        List.of(Outcome.PASSED, Outcome.SKIPPED, Outcome.WARNING, Outcome.PASSED, Outcome.FAILED),
        checks.conclude(null).checks().stream().map(Check::outcome).toList());
  }

  @Test
  void isShownAsDocumented() {
    checks.check(SIGNATURE, "of it", true, "aa", "bb");
    checks.warn(NONCE, "old");
    var claims =
        new Claims(
            Variant.TDX,
            Bytes.zeros(1),
            new TreeMap<>(Map.of(4, Bytes.zeros(2))),
            Map.of(Identifier.PPID, "ff"));
    assertEquals(
        "{\"verdict\":\"accepted\",\"accepted\":true,\"checks\":["
            + "{\"check\":\"signature\",\"stage\":\"signature\",\"subject\":\"of it\","
            + "\"outcome\":\"passed\",\"expected\":\"aa\",\"actual\":\"bb\"},"
            + "{\"check\":\"nonce\",\"stage\":\"nonce\",\"outcome\":\"warning\",\"note\":\"old\"}],"
            + "\"claims\":{\"variant\":\"tdx\",\"userData\":\"00\",\"identity\":{\"ppid\":\"ff\"},"
            + "\"measurements\":{\"4\":\"0000\"}}}",
        Json.line(checks.conclude(claims).toJson()));
    assertEquals("accepted", checks.conclude(null).reason());
    assertFalse(checks.conclude(null).toJson().has("claims"));
  }

  @Test
  void oneLineSaysWhatIsWrong() {
    assertEquals("nonce", new Check(NONCE, "", Outcome.PASSED, "", "", "").describe());
    assertEquals("nonce: why", new Check(NONCE, "", Outcome.FAILED, "", "", "why").describe());
    assertEquals(
        "it: expected a got b (why)",
        new Check(NONCE, "it", Outcome.FAILED, "a", "b", "why").describe());
    assertEquals(
        "it: expected  got b", new Check(NONCE, "it", Outcome.FAILED, "", "b", "").describe());
    assertEquals(
        "it: expected a got  (why)",
        new Check(NONCE, "it", Outcome.FAILED, "a", "", "why").describe());
    assertEquals(
        "it: expected  got b (why)",
        new Check(NONCE, "it", Outcome.FAILED, "", "b", "why").describe());
  }

  @Test
  void checksAreToldApartByNameAndStage() {
    assertEquals(NONCE, new CheckId("nonce", Stage.NONCE));
    assertFalse(NONCE.equals(new CheckId("nonce", Stage.PARSE)));
    assertFalse(NONCE.equals(new CheckId("other", Stage.NONCE)));
    assertFalse(NONCE.equals((Object) "nonce"));
    assertEquals("nonce".hashCode(), NONCE.hashCode());
    assertSame(NONCE, NONCE.within(""));
    assertEquals(new CheckId("inner.nonce", Stage.NONCE), NONCE.within("inner."));
  }
}
