package dev.asterism.attestation.snp;

import static dev.asterism.testing.ForgedSnp.NONCE;
import static dev.asterism.testing.ForgedSnp.NOW;
import static dev.asterism.testing.ForgedSnp.USER_DATA;
import static dev.asterism.testing.ForgedSnp.filled;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.metal.SevSnp;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What verdicts say of a report and a policy: what was asked, what was there, what was not. */
class ReportAppraisalTest {
  private final ForgedSnp forged = ForgedSnp.genuine();
  private final ObjectNode config = forged.config();
  private final ObjectNode snp = ForgedSnp.snp(config);

  private Policy policy() throws Exception {
    return new SevSnp(EndorsementSource.NONE).policy(config);
  }

  private List<Check> said(String check) throws Exception {
    return said(policy(), check);
  }

  private List<Check> said(Policy policy, String check) {
    return policy
        .verifier()
        .verify(forged.document(), new Challenge(NONCE, USER_DATA, NOW))
        .checks()
        .stream()
        .filter(c -> c.id().id().equals(check))
        .toList();
  }

  private Check only(String check) throws Exception {
    return only(policy(), check);
  }

  private Check only(Policy policy, String check) {
    List<Check> said = said(policy, check);
    assertEquals(1, said.size());
    return said.getFirst();
  }

  private List<Outcome> outcomes(String check) throws Exception {
    return said(check).stream().map(Check::outcome).distinct().toList();
  }

  @Test
  void versionsThatAreGood() throws Exception {
    snp.put("minimumReportVersion", 2);
    assertEquals("at least 2", only("policy.report-version").expected());
    snp.put("maximumReportVersion", 7);
    assertEquals("2 to 7", only("policy.report-version").expected());
    assertEquals("5", only("policy.report-version").actual());
  }

  @Test
  void whatTheGuestsPolicyForbids() throws Exception {
    forged.report.u64(SoftwareReport.POLICY, 0x30000L | (1L << 19));
    List<Check> said = said("policy.guest-policy");
    assertEquals(
        List.of("migrationAgent", "debug", "cxl"), said.stream().map(Check::subject).toList());
    assertEquals(
        List.of("forbidden", "allowed", "forbidden"), said.stream().map(Check::actual).toList());
    assertEquals(List.of(Outcome.PASSED, Outcome.FAILED), outcomes("policy.guest-policy"));
  }

  @Test
  void whatTheGuestsPolicyDemands() throws Exception {
    // Demanded, though nobody asks for it.
    forged.report.u64(SoftwareReport.POLICY, 0x30000L | (1L << 22));
    assertEquals(List.of(Outcome.PASSED), outcomes("policy.guest-policy"));
    snp.putArray("allow").add("smt").add("migrationAgent").add("debug").add("cxl");
    assertEquals(List.of(Outcome.SKIPPED), outcomes("policy.guest-policy"));
    snp.putArray("require").add("memoryAes256Xts").add("raplOff");
    List<Check> said = said("policy.guest-policy");
    assertEquals(List.of("memoryAes256Xts", "raplOff"), said.stream().map(Check::subject).toList());
    assertEquals(List.of("demanded", "not demanded"), said.stream().map(Check::actual).toList());
    assertEquals(List.of(Outcome.PASSED, Outcome.FAILED), outcomes("policy.guest-policy"));
  }

  @Test
  void whatThePlatformHas() throws Exception {
    assertEquals("on", only("policy.platform-info").actual());
    snp.putArray("platform").add("tsme");
    assertEquals("off", only("policy.platform-info").actual());
    snp.remove("platform");
    assertEquals(Outcome.SKIPPED, only("policy.platform-info").outcome());
  }

  @Test
  void mitigationsAreAskedForWhereOneIsRequired() throws Exception {
    assertEquals(List.of(Outcome.SKIPPED), outcomes("policy.mitigations"));
    forged.report.u64(SoftwareReport.LAUNCH_MITIGATIONS, 3);
    snp.putObject("mitigations").put("launch", "2");
    assertEquals(List.of(Outcome.PASSED), outcomes("policy.mitigations"));
  }

  @Test
  void whatALaunchMeasurementOfTheContractsFormIsHeldAgainst() throws Exception {
    assertEquals(
        new Check(
            SnpVerifier.MEASUREMENT,
            "launch measurement",
            Outcome.PASSED,
            ForgedSnp.MEASUREMENT.hex(),
            ForgedSnp.MEASUREMENT.hex(),
            ""),
        only("measurement"));
    ObjectNode launch = (ObjectNode) config.get("measurements").get("0");
    launch.put("warnOnly", true);
    assertEquals("", only("measurement").note());
    launch.put("expected", filled(48, 1).hex());
    assertEquals(Outcome.WARNING, only("measurement").outcome());
    assertEquals("warn only", only("measurement").note());
    launch.put("warnOnly", false);
    assertEquals(Outcome.FAILED, only("measurement").outcome());
    assertEquals("", only("measurement").note());
  }

  @Test
  void whatAClaimOfAClusterIsHeldAgainst() throws Exception {
    assertEquals(Outcome.SKIPPED, only("claims.cluster").outcome());
    Check none = only(policy().unspent(), "claims.cluster");
    assertEquals("none", none.expected());
    assertEquals("none", none.actual());
    Bytes cluster = filled(32, 9);
    forged.claims =
        new String(
            new SnpClaims(cluster, filled(16, 3)).encode().toArray(), StandardCharsets.UTF_8);
    Check some = only(policy().bootstrapped(), "claims.cluster");
    assertEquals("some cluster", some.expected());
    assertEquals(cluster.hex(), some.actual());
    Check one = only(policy().memberOf(filled(32, 8)), "claims.cluster");
    assertEquals("the one asked for", one.expected());
    assertEquals(Outcome.FAILED, one.outcome());
    ((ObjectNode) config.get("measurements"))
        .putObject("1")
        .put("expected", "00".repeat(48))
        .put("warnOnly", true);
    assertEquals(Outcome.WARNING, only("claims.cluster").outcome());
  }

  @Test
  void valuesThatAreGood() throws Exception {
    assertEquals(filled(32, 0x33).hex(), only("policy.host-data").expected());
    snp.putArray("hostData").add(filled(32, 1).hex()).add(filled(32, 2).hex());
    assertEquals("one of 2 listed", only("policy.host-data").expected());
  }
}
