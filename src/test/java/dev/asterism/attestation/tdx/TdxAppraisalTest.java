package dev.asterism.attestation.tdx;

import static dev.asterism.attestation.tdx.RegisterAppraisal.MEASUREMENT;
import static dev.asterism.attestation.tdx.TdxPolicyTest.hex;
import static dev.asterism.attestation.tdx.TdxPolicyTest.judge;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Outcome;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an appraisal tells people: what was asked, and what was there. */
class TdxAppraisalTest {
  private static final String OTHER = "11".repeat(48);
  private static final String ZEROS = "00".repeat(48);

  @Test
  void aRefusalSaysWhatIsAskedAndWhatIsThere() {
    Consumer<ForgedTdx> advisory = f -> level(f).putArray("advisoryIDs").add("INTEL-SA-1");
    refused("off", "on", c -> {}, f -> f.quote.tdAttributes = hex("0100001000000000"));
    refused(OTHER, ZEROS, c -> c.put("mrSeam", OTHER), f -> {});
    refused("one of 2 listed", ZEROS, c -> c.putArray("mrSeam").add(OTHER).add("22".repeat(48)));
    refused("no status at all", "UpToDate", c -> c.putArray("acceptedTCBStatuses"));
    refused(
        "OutOfDate, SWHardeningNeeded",
        "UpToDate",
        c -> c.putArray("acceptedTCBStatuses").add("SWHardeningNeeded").add("OutOfDate"));
    refused("none", "INTEL-SA-1", c -> c.putArray("acceptedAdvisories"), advisory);
    refused(
        "at most INTEL-SA-2, INTEL-SA-3",
        "INTEL-SA-1",
        c -> c.putArray("acceptedAdvisories").add("INTEL-SA-3").add("INTEL-SA-2"),
        advisory);
  }

  private static void refused(String expected, String actual, Consumer<ObjectNode> members) {
    refused(expected, actual, members, f -> {});
  }

  private static void refused(
      String expected, String actual, Consumer<ObjectNode> members, Consumer<ForgedTdx> change) {
    Check only = TdxSteps.only(judge(members, change));
    assertEquals(List.of(expected, actual), List.of(only.expected(), only.actual()));
  }

  @Test
  void whatIsGoodIsSaidAsWell() {
    Appraisal good = judge(c -> c.putArray("acceptedAdvisories"), f -> {});
    assertEquals("off", only(good, "td.debug").actual());
    assertEquals("none", only(good, "tcb.advisories").actual());
    assertEquals("none", only(good, "tcb.advisories").expected());
  }

  private static Check only(Appraisal appraisal, String check) {
    List<Check> found = appraisal.checks().stream().filter(c -> c.id().id().equals(check)).toList();
    assertEquals(1, found.size());
    return found.getFirst();
  }

  @Test
  void aLevelIsToldWithItsAdvisories() {
    var clean = new TcbAssessment(TcbStatus.UP_TO_DATE, "", List.of());
    var open = new TcbAssessment(TcbStatus.OUT_OF_DATE, "", List.of("INTEL-SA-2", "INTEL-SA-1"));
    assertEquals("UpToDate", clean.describe());
    assertEquals("OutOfDate (INTEL-SA-2, INTEL-SA-1)", open.describe());
    assertEquals("UpToDate", TcbVerdict.of(clean).describe());
    assertEquals("OutOfDate (INTEL-SA-1, INTEL-SA-2)", TcbVerdict.of(open).describe());
  }

  @Test
  void aRegisterIsShownWithWhatItHolds() {
    Appraisal appraisal =
        judge(
            c -> {
              ObjectNode measurements = c.putObject("measurements");
              measurements.putObject("0").put("expected", OTHER).put("warnOnly", true);
              measurements.put("1", ZEROS);
            },
            f -> {});
    assertEquals(
        List.of(
            new Check(MEASUREMENT, "MRTD", Outcome.WARNING, OTHER, ZEROS, "warn only"),
            new Check(MEASUREMENT, "RTMR 0", Outcome.PASSED, ZEROS, ZEROS, "")),
        appraisal.checks().stream().filter(c -> c.id().equals(MEASUREMENT)).toList());
  }

  @Test
  void aRegisterThatNoQuoteHasHoldsNothing() {
    TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
    Measurements measurements = policy.measurements().enforcing(5, Bytes.zeros(48));
    Appraisal refused =
        TdxSteps.judge(ForgedTdx.genuine(), policy.with(measurements), ForgedTdx.AT);
    assertEquals(
        new Check(MEASUREMENT, "RTMR 4", Outcome.FAILED, ZEROS, "no such register", ""),
        TdxSteps.only(refused));
  }

  private static ObjectNode level(ForgedTdx forged) {
    return (ObjectNode) ((ArrayNode) forged.tcbInfo.get("tcbLevels")).get(0);
  }
}
