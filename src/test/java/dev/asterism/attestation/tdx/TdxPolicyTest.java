package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Outcome;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Each member of a config refuses what it does not accept, alone. */
class TdxPolicyTest {
  private static final String OTHER = "11".repeat(48);

  static Appraisal judge(Consumer<ObjectNode> members, Consumer<ForgedTdx> change) {
    ObjectNode config = ForgedTdx.config();
    members.accept(config);
    return TdxSteps.judge(ForgedTdx.with(change), TdxSteps.policy(config), ForgedTdx.AT);
  }

  static Bytes hex(String digits) {
    try {
      return Bytes.ofHex("test", digits);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> whatThePolicyAsksForIsAsked() {
    return Stream.of(
            one("td.debug", c -> {}, f -> f.quote.tdAttributes = hex("0100001000000000")),
            one("td.debug", c -> {}, f -> f.quote.tdAttributes = hex("8000001000000000")),
            one(
                "td.debug",
                c -> c.put("allowDebug", false),
                f -> f.quote.tdAttributes = hex("0100001000000000")),
            one("td.migration", c -> {}, f -> f.quote.tdAttributes = hex("0000002000000000")),
            one("td.attributes", c -> c.put("tdAttributes", "00".repeat(8))),
            one("td.xfam", c -> c.put("xfam", "00".repeat(8))),
            one("td.mrseam", c -> c.put("mrSeam", OTHER)),
            one("td.mrconfigid", c -> c.putArray("mrConfigID").add(OTHER)),
            one("td.mrowner", c -> c.put("mrOwner", OTHER)),
            one("td.mrownerconfig", c -> c.put("mrOwnerConfig", OTHER)),
            one("platform.tee-tcb-svn", c -> c.put("teeTCBSVN", "050103" + "00".repeat(13))),
            one("qe.vendor-id", c -> c.put("qeVendorID", "00".repeat(16))),
            one("qe.svn", c -> c.put("qeSVN", 5)),
            one("platform.pce-svn", c -> c.put("pceSVN", 12)),
            one("platform.fmspc", c -> c.putArray("allowedFMSPCs").add("00".repeat(6))),
            one("platform.ppid", c -> c.putArray("allowedPPIDs").add("00".repeat(16))),
            one("measurement", c -> c.putObject("measurements").put("4", OTHER)),
            one("tcb.status", c -> c.putArray("acceptedTCBStatuses")),
            one(
                "tcb.advisories",
                c -> c.putArray("acceptedAdvisories").add("INTEL-SA-2"),
                f ->
                    ((ObjectNode) ((ArrayNode) f.tcbInfo.get("tcbLevels")).get(0))
                        .putArray("advisoryIDs")
                        .add("INTEL-SA-1")),
            one("collateral.evaluation-number", c -> c.put("minTCBEvaluationDataNumber", 2)))
        .map(t ->
            DynamicTest.dynamicTest(
                t.check(),
                () -> {
                  assertEquals(List.of(t.check()), TdxSteps.failed(judge(t.members(), t.change())));
                }));
  }

  @Test
  void whatMatchesIsAccepted() {
    Appraisal appraisal =
        judge(
            c -> {
              c.put("tdAttributes", "0000001000000000").put("xfam", "e702060000000000");
              c.putArray("mrSeam").add(OTHER).add("00".repeat(48));
              c.put("teeTCBSVN", "050102" + "00".repeat(13)).put("qeSVN", 4).put("pceSVN", 11);
              c.put("qeVendorID", "939a7233f79c4ca9940a0db3957f0607");
              c.putArray("allowedFMSPCs").add("50c06f000000");
              c.putArray("allowedPPIDs").add(ForgedTdx.PPID.hex());
              c.putArray("acceptedTCBStatuses").add("OutOfDate");
              c.putArray("acceptedAdvisories").add("INTEL-SA-1");
              c.put("minTCBEvaluationDataNumber", 1);
            },
            f -> {
              ObjectNode level = (ObjectNode) ((ArrayNode) f.tcbInfo.get("tcbLevels")).get(0);
              level.put("tcbStatus", "OutOfDate").putArray("advisoryIDs").add("INTEL-SA-1");
            });

    assertTrue(appraisal.accepted(), appraisal::reason);
  }

  @Test
  void whatIsAllowedIsSaidAloud() {
    Appraisal appraisal =
        judge(
            c -> c.put("allowDebug", true).put("allowMigration", true),
            f -> f.quote.tdAttributes = hex("0100002000000000"));

    assertTrue(appraisal.accepted(), appraisal::reason);
    assertEquals(2, appraisal.with(Outcome.WARNING).size());
    Appraisal unused = judge(c -> c.put("allowDebug", true).put("allowMigration", true), f -> {});
    assertEquals(List.of(), unused.with(Outcome.WARNING));
  }

  @Test
  void membersThatMeanNothingAreErrors() {
    malformed("acceptedTCBStatuses", c -> c.putArray("acceptedTCBStatuses").add("Revoked"));
    malformed("acceptedTCBStatuses", c -> c.putArray("acceptedTCBStatuses").add("Fine"));
    malformed("collateral", c -> c.put("collateral", "no"));
    malformed("allowDebug", c -> c.put("allowDebug", "true"));
    String latest = malformed("qeSVN", c -> c.put("qeSVN", "latest"));
    assertTrue(latest.contains("resolve latest before it reaches a cluster"), latest);
    String word = malformed("qeSVN", c -> c.put("qeSVN", "newest"));
    assertTrue(word.endsWith("is not a number from 0 to 65535"), word);
    malformed("teeTCBSVN", c -> c.put("teeTCBSVN", "00"));
    malformed("allowedPPIDs", c -> c.putArray("allowedPPIDs"));
    malformed("allowedFMSPCs", c -> c.put("allowedFMSPCs", "00".repeat(6)));
    malformed("mrSeam", c -> c.put("mrSeam", 1));
    malformed("mrSeam", c -> c.put("mrSeam", "00"));
    malformed("qeSVN", c -> c.put("qeSVN", -1));
    malformed("qeSVN", c -> c.put("qeSVN", 65536));
    malformed("acceptedTCBStatuses", c -> c.put("acceptedTCBStatuses", "UpToDate"));
    malformed("acceptedTCBStatuses", c -> c.putArray("acceptedTCBStatuses").add(1));
    malformed("acceptedAdvisories", c -> c.putArray("acceptedAdvisories").add(1));
    malformed(
        "intelRootKey", c -> c.put("intelRootKey", c.get("intelRootKey").asString().repeat(2)));
    malformed("allowedPPIDs", c -> ppids(c, 10_001));
  }

  private static void ppids(ObjectNode config, int count) {
    ArrayNode list = config.putArray("allowedPPIDs");
    for (int i = 0; i < count; i++) {
      list.add("%032x".formatted(i));
    }
  }

  @Test
  void aConfigReachesToItsLimits() throws Exception {
    ObjectNode config = ForgedTdx.config();
    ppids(config, 10_000);
    config.put("qeSVN", 65535).put("pceSVN", 0).put("mrOwner", "").put("xfam", "");
    config.putNull("allowDebug").putNull("acceptedTCBStatuses").putNull("intelRootKey");
    config.putNull("minTCBEvaluationDataNumber");
    TdxPolicy policy = TdxPolicyJson.parse(config);
    assertEquals(10_000, policy.platform().ppids().size());
    assertEquals(65535, policy.platform().qeSvn());
    assertEquals(0, policy.leastEvaluationNumber());
    assertTrue(policy.td().mrOwners().isEmpty() && policy.td().xfam() == null);
    assertEquals(java.util.Set.of(TcbStatus.UP_TO_DATE), policy.statuses());
    assertEquals(TdxRoot.intel(), policy.root());
    assertEquals(TdxRoot.intel(), TdxPolicyJson.parse(config.put("intelRootKey", " ")).root());
    assertFalse(policy.root().holds(ForgedTdx.VENDOR.rootCertificate()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new TdxPolicy(
                policy.measurements(),
                policy.root(),
                true,
                java.util.Set.of(TcbStatus.REVOKED),
                null,
                0,
                policy.td(),
                policy.platform()));
  }

  @Test
  void measurementsThatOnlyWarnAreSaidAloud() {
    Appraisal appraisal =
        judge(
            c -> {
              ObjectNode measurements = c.putObject("measurements");
              measurements.putObject("0").put("expected", OTHER).put("warnOnly", true);
              measurements.putObject("1").put("expected", "00".repeat(48)).put("warnOnly", true);
              measurements.putObject("3").put("expected", "00".repeat(48)).put("warnOnly", false);
            },
            f -> {});
    assertTrue(appraisal.accepted(), appraisal::reason);
    assertEquals(
        List.of("", "MRTD"),
        appraisal.with(Outcome.WARNING).stream().map(c -> c.subject()).toList());
  }

  @Test
  void statusesConvergeToTheWorst() {
    assertEquals(TcbStatus.UP_TO_DATE, TcbStatus.UP_TO_DATE.with(TcbStatus.UP_TO_DATE));
    assertEquals(
        TcbStatus.SW_HARDENING_NEEDED, TcbStatus.SW_HARDENING_NEEDED.with(TcbStatus.UP_TO_DATE));
    assertEquals(TcbStatus.OUT_OF_DATE, TcbStatus.SW_HARDENING_NEEDED.with(TcbStatus.OUT_OF_DATE));
    assertEquals(
        TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED,
        TcbStatus.CONFIGURATION_NEEDED.with(TcbStatus.OUT_OF_DATE));
    assertEquals(TcbStatus.REVOKED, TcbStatus.UP_TO_DATE.with(TcbStatus.REVOKED));
    assertEquals(TcbStatus.REVOKED, TcbStatus.REVOKED.with(TcbStatus.UP_TO_DATE));
    for (TcbStatus status : TcbStatus.values()) {
      assertEquals(status, status.with(TcbStatus.UP_TO_DATE));
      assertEquals(TcbStatus.REVOKED, status.with(TcbStatus.REVOKED));
      assertEquals(TcbStatus.REVOKED, TcbStatus.REVOKED.with(status));
      boolean configuration = status.name().contains("CONFIGURATION");
      if (status != TcbStatus.REVOKED) {
        assertEquals(
            configuration ? TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED : TcbStatus.OUT_OF_DATE,
            status.with(TcbStatus.OUT_OF_DATE));
      }
    }
  }

  private record One(String check, Consumer<ObjectNode> members, Consumer<ForgedTdx> change) {}

  private static One one(String check, Consumer<ObjectNode> members) {
    return one(check, members, f -> {});
  }

  private static One one(String check, Consumer<ObjectNode> members, Consumer<ForgedTdx> change) {
    return new One(check, members, change);
  }

  /** What is said of it. */
  private static String malformed(String field, Consumer<ObjectNode> members) {
    ObjectNode config = ForgedTdx.config();
    members.accept(config);
    var e = assertThrows(MalformedException.class, () -> TdxPolicyJson.parse(config));
    assertEquals(field, e.field());
    return String.valueOf(e.getMessage());
  }
}
