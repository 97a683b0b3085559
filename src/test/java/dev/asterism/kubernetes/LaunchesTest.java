package dev.asterism.kubernetes;

import static dev.asterism.kubernetes.Admissions.NOW;
import static dev.asterism.kubernetes.Admissions.controlPlane;
import static dev.asterism.kubernetes.Admissions.disk;
import static dev.asterism.kubernetes.Admissions.in;
import static dev.asterism.kubernetes.Admissions.worker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Identifier;
import dev.asterism.kubernetes.AdmissionException.Rule;
import dev.asterism.kubernetes.AdmissionRecord.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Guests with a report beside their TPM: each case breaks what a launch may be, and no more. */
class LaunchesTest {
  private static final Map<String, String> FIRST_BOOT = boot("11", "5", "0");

  /** Machine a is worker-1, from launch 11. */
  private final AdmissionRecord first;

  private final List<AdmissionRecord> records;

  LaunchesTest() throws Exception {
    first = admit(List.of(), from(FIRST_BOOT, worker("a", "worker-1", 1)));
    records = List.of(first);
  }

  private static Map<String, String> boot(String launch, String resets, String restarts) {
    return Map.of("akKey", "a", "reportId", launch, "resetCount", resets, "restartCount", restarts);
  }

  private static Applicant from(Map<String, String> evidence, Applicant one) {
    return new Applicant(
        one.identity(), evidence, one.node(), one.controlPlane(), one.disk(), one.addresses());
  }

  private static AdmissionRecord admit(List<AdmissionRecord> records, Applicant applicant)
      throws AdmissionException {
    return AdmissionRules.admit(records, applicant, NOW).result();
  }

  private static AdmissionRecord rejoin(AdmissionRecord own, Map<String, String> evidence)
      throws AdmissionException {
    return AdmissionRules.rejoin(List.of(own), own.identity(), evidence, own.disk(), NOW).result();
  }

  private static AdmissionException refused(Executable what) {
    var refusal = assertThrows(AdmissionException.class, what);
    assertEquals(Rule.LAUNCH, refusal.rule(), refusal.getMessage());
    return refusal;
  }

  @Test
  void theRecordsNamesAreThoseOfTheEvidence() {
    assertEquals(Identifier.REPORT_ID.id(), Launches.REPORT_ID);
    assertEquals(
        List.of(Identifier.RESET_COUNT.id(), Identifier.RESTART_COUNT.id()), Launches.BOOT);
  }

  @Test
  void aSecondKeyOfOneLaunchIsNoSecondMachine() throws Exception {
    Applicant second = from(boot("11", "9", "0"), worker("b", "worker-2", 2));
    AdmissionException refusal = refused(() -> AdmissionRules.admit(records, second, NOW));
    assertEquals(first, refusal.holder().orElseThrow());
    assertTrue(refusal.getMessage().contains("worker-1"), refusal.getMessage());
    assertFalse(refusal.told().contains("worker-1"), refusal.told());
    refused(() ->
        AdmissionRules.await(
            records, from(boot("11", "9", "0"), controlPlane("b", "cp-2", 2)), NOW));

    Applicant ofItsOwn = from(boot("22", "9", "0"), second);
    assertEquals("worker-2", admit(records, ofItsOwn).node());
  }

  @Test
  void norDoesItGetTheDiskOfAnAdmittedOne() throws Exception {
    AdmissionRecord second = admit(records, from(boot("22", "9", "0"), worker("b", "worker-2", 2)));
    List<AdmissionRecord> both = List.of(first, second);
    Map<String, String> ofTheFirst = boot("11", "10", "0");
    AdmissionException refusal =
        refused(() -> AdmissionRules.rejoin(both, second.identity(), ofTheFirst, disk(2), NOW));
    assertEquals(first, refusal.holder().orElseThrow());
  }

  @Test
  void aRevokedMachinesLaunchStaysItsOwnAndAReleasedOnesDoesNot() throws Exception {
    Applicant second = from(FIRST_BOOT, worker("b", "worker-2", 2));
    refused(() -> admit(List.of(in(State.REVOKED, first)), second));
    assertEquals("worker-2", admit(List.of(in(State.RELEASED, first)), second).node());
  }

  @Test
  void aLaunchWaitsUnderOneKeyOnly() throws Exception {
    List<AdmissionRecord> waiting = List.of(in(State.PENDING, first));
    Applicant second = from(FIRST_BOOT, worker("b", "worker-2", 2));
    refused(() -> AdmissionRules.admit(waiting, second, NOW));
    Instant gaveUp = NOW.plus(AdmissionRules.PENDING_FOR).plusSeconds(1);
    assertEquals("worker-2", AdmissionRules.admit(waiting, second, gaveUp).result().node());
  }

  @Test
  void aRebootedMachineComesFromANewLaunch() throws Exception {
    Map<String, String> reset = boot("22", "6", "0");
    assertEquals(reset, rejoin(first, reset).evidence());
    Map<String, String> restarted = boot("22", "5", "1");
    assertEquals(restarted, rejoin(first, restarted).evidence());
    assertEquals(
        reset, admit(records, from(reset, worker("a", "worker-1", 1))).evidence(), "joins anew");
  }

  @Test
  void oneBootOfATpmIsOfOneLaunch() throws Exception {
    assertEquals(FIRST_BOOT, rejoin(first, FIRST_BOOT).evidence());
    Map<String, String> elsewhere = boot("22", "5", "0");
    AdmissionException refusal = refused(() -> rejoin(first, elsewhere));
    assertTrue(refusal.getMessage().contains("22"), refusal.getMessage());
    refused(() -> admit(records, from(elsewhere, worker("a", "worker-1", 1))));
  }

  /** Its TPM may have been restored or cleared since, and its counts mean nothing. */
  @Test
  void aReleasedMachineMayComeFromAnyLaunch() throws Exception {
    AdmissionRecord released = in(State.RELEASED, first);
    Applicant again = from(boot("22", "5", "0"), worker("a", "worker-1", 1));
    assertEquals("worker-1", admit(List.of(released), again).node());
  }

  @Test
  void whoHasNoReportHasNoLaunch() throws Exception {
    Map<String, String> noReport = Map.of("akKey", "a", "resetCount", "5", "restartCount", "0");
    AdmissionRecord bare = admit(List.of(), from(noReport, worker("a", "worker-1", 1)));
    Applicant second = from(noReport, worker("b", "worker-2", 2));
    assertEquals("worker-2", admit(List.of(bare), second).node());
    assertEquals(FIRST_BOOT, rejoin(bare, FIRST_BOOT).evidence(), "a founder's record has none");
    assertEquals(noReport, rejoin(first, noReport).evidence());
  }
}
