package dev.asterism.kubernetes;

import static dev.asterism.kubernetes.Admissions.NOW;
import static dev.asterism.kubernetes.Admissions.controlPlane;
import static dev.asterism.kubernetes.Admissions.disk;
import static dev.asterism.kubernetes.Admissions.identity;
import static dev.asterism.kubernetes.Admissions.in;
import static dev.asterism.kubernetes.Admissions.with;
import static dev.asterism.kubernetes.Admissions.worker;
import static dev.asterism.kubernetes.TokenHolder.REUSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionException.Rule;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each case breaks one rule, and no other. */
class AdmissionRulesTest {
  /** Machine a is worker-1 with disk 1 and 10.0.0.1. */
  private final AdmissionRecord first = admit(List.of(), worker("a", "worker-1", 1));

  private final List<AdmissionRecord> records = List.of(first);

  private static AdmissionRecord admit(List<AdmissionRecord> records, Applicant applicant) {
    try {
      return AdmissionRules.admit(records, applicant, NOW).result();
    } catch (AdmissionException e) {
      throw new AssertionError(e);
    }
  }

  private static AdmissionException refused(
      Rule rule, List<AdmissionRecord> records, Applicant applicant) {
    var refusal =
        assertThrows(AdmissionException.class, () -> AdmissionRules.admit(records, applicant, NOW));
    assertEquals(rule, refusal.rule(), refusal.getMessage());
    var waiting =
        assertThrows(AdmissionException.class, () -> AdmissionRules.await(records, applicant, NOW));
    assertEquals(rule, waiting.rule(), "the same holds for who would have to wait");
    return refusal;
  }

  @Test
  void aFirstJoinBindsNameRoleDiskAndAddresses() {
    assertEquals(
        new AdmissionRecord(
            identity("a"),
            new java.util.TreeMap<>(Map.of("akKey", "a")),
            State.ADMITTED,
            "worker-1",
            false,
            disk(1),
            List.of(),
            List.of("10.0.0.1"),
            NOW,
            new TicketNumber(1, NOW)),
        first);
  }

  @Test
  void whoAsksAgainForWhatItIsChangesNothing() throws Exception {
    Change<AdmissionRecord> again =
        AdmissionRules.admit(records, worker("a", "worker-1", 1), NOW.plusSeconds(60));
    assertTrue(again.changesNothing());
    assertEquals(first, again.result());
  }

  private static TicketNumber ticket(AdmissionRecord own, Applicant applicant, Instant now)
      throws AdmissionException {
    return AdmissionRules.admit(List.of(own), applicant, now).result().ticket();
  }

  @Test
  void whoAsksAgainSoonIsPromisedTheSameTicket() throws Exception {
    Applicant same = worker("a", "worker-1", 1);
    assertEquals(first.ticket(), ticket(first, same, NOW.plus(REUSE).minusSeconds(1)));
    Instant later = NOW.plus(REUSE);
    assertEquals(new TicketNumber(2, later), ticket(first, same, later));
  }

  /** Its own clock may be ahead of that of the join-service that is asked now, but not by a day. */
  @Test
  void aTicketOfTheFutureIsNotPromisedForEver() throws Exception {
    Applicant same = worker("a", "worker-1", 1);
    assertEquals(first.ticket(), ticket(first, same, NOW.minus(REUSE).plusSeconds(1)));
    Instant before = NOW.minus(REUSE);
    assertEquals(new TicketNumber(2, before), ticket(first, same, before));
  }

  @Test
  void anotherDiskIsAnotherTicket() throws Exception {
    assertEquals(new TicketNumber(2, NOW), ticket(first, worker("a", "worker-1", 2), NOW));
  }

  @Test
  void whoWasReleasedHasAnotherTicket() throws Exception {
    AdmissionRecord released = in(State.RELEASED, first);
    assertEquals(new TicketNumber(2, NOW), ticket(released, worker("a", "worker-1", 1), NOW));
  }

  /** So that it has its token as long as any other's. */
  @Test
  void aTicketBeginsWhenItsMachineIsAdmitted() throws Exception {
    Applicant waits = controlPlane("b", "cp-1", 3);
    AdmissionRecord pending = AdmissionRules.await(List.of(), waits, NOW).result();
    assertEquals(TicketNumber.NONE, pending.ticket());
    Instant later = NOW.plusSeconds(60);
    assertEquals(new TicketNumber(1, later), ticket(pending, waits, later));
  }

  @Test
  void anotherMachineMayNotHaveTheDisk() {
    AdmissionException refusal = refused(Rule.DISK, records, other("worker-2", 1, "10.0.0.2"));
    assertEquals(Optional.of(first), refusal.holder());
    assertFalse(refusal.told().contains(first.identity()), refusal.told());
    assertFalse(refusal.told().contains("worker-1"), refusal.told());
    assertTrue(refusal.getMessage().contains(first.identity()), refusal.getMessage());
  }

  @Test
  void anotherMachineMayNotHaveTheName() {
    AdmissionException refusal = refused(Rule.NAME, records, other("worker-1", 2, "10.0.0.2"));
    assertEquals(Optional.of(first), refusal.holder());
    assertFalse(refusal.told().contains(first.identity()), refusal.told());
  }

  @Test
  void anotherMachineMayNotHaveAnAddress() {
    AdmissionException refusal = refused(Rule.ADDRESS, records, other("worker-2", 2, "10.0.0.1"));
    assertEquals(Optional.of(first), refusal.holder());
    assertFalse(refusal.told().contains("worker-1"), refusal.told());
  }

  private static Applicant other(String node, int disk, String address) {
    return with(worker("b", node, disk), address);
  }

  @Test
  void theMachineKeepsItsName() {
    AdmissionException refusal = refused(Rule.NODE, records, worker("a", "worker-2", 1));
    assertTrue(refusal.told().contains("admitted as worker-1"), refusal.told());
  }

  @Test
  void theMachineKeepsItsRole() {
    AdmissionException refusal = refused(Rule.ROLE, records, controlPlane("a", "worker-1", 1));
    assertTrue(refusal.told().contains("as a worker, not as a control-plane"), refusal.told());
    AdmissionRecord plane = admit(List.of(), controlPlane("a", "cp-1", 1));
    assertEquals(
        Rule.ROLE,
        assertThrows(
                AdmissionException.class,
                () -> AdmissionRules.admit(List.of(plane), worker("a", "cp-1", 1), NOW))
            .rule());
  }

  @Test
  void aRevokedMachineGetsNothingUnderAnyName() {
    List<AdmissionRecord> revoked = List.of(in(State.REVOKED, first));
    refused(Rule.REVOKED, revoked, worker("a", "worker-1", 1));
    refused(Rule.REVOKED, revoked, worker("a", "worker-9", 9));
    var rejoin =
        assertThrows(
            AdmissionException.class,
            () -> AdmissionRules.rejoin(revoked, identity("a"), Map.of(), disk(1), NOW));
    assertEquals(Rule.REVOKED, rejoin.rule());
  }

  @Test
  void theNameOfWhoIsReleasedOrRevokedIsFreeAndItsDisksAreNot() {
    for (State state : List.of(State.RELEASED, State.REVOKED)) {
      List<AdmissionRecord> ended = List.of(in(state, first));
      admit(ended, other("worker-1", 2, "10.0.0.1"));
      refused(Rule.DISK, ended, other("worker-1", 1, "10.0.0.1"));
    }
  }

  @Test
  void whoIsReleasedMayBecomeSomethingElse() {
    AdmissionRecord plane = admit(List.of(in(State.RELEASED, first)), controlPlane("a", "cp-1", 3));
    assertEquals("cp-1", plane.node());
    assertTrue(plane.controlPlane());
    assertEquals(List.of(disk(1)), plane.formerDisks(), "its own still, and nobody else's");
  }

  /** A join that failed half-way costs the disk. */
  @Test
  void aNewDiskTakesTheOldOnesPlaceAndTheOldOneStaysItsOwn() throws Exception {
    AdmissionRecord next = admit(records, worker("a", "worker-1", 5));
    assertEquals(disk(5), next.disk());
    assertEquals(List.of(disk(1)), next.formerDisks());
    refused(Rule.DISK, List.of(next), other("worker-2", 1, "10.0.0.2"));
    for (int own : List.of(1, 5)) {
      AdmissionRules.rejoin(List.of(next), identity("a"), Map.of(), disk(own), NOW);
    }
    AdmissionRecord back = admit(List.of(next), worker("a", "worker-1", 1));
    assertEquals(List.of(disk(5)), back.formerDisks(), "a disk that comes back is no former one");
  }

  @Test
  void aMachineThatIsResetAgainAndAgainKeepsItsNewestDisks() {
    AdmissionRecord record = first;
    for (int number = 2; number < AdmissionRules.MAX_FORMER_DISKS + 10; number++) {
      record = admit(List.of(record), with(worker("a", "worker-1", number), "10.0.0.1"));
    }
    assertEquals(AdmissionRules.MAX_FORMER_DISKS, record.formerDisks().size());
    assertEquals(disk(AdmissionRules.MAX_FORMER_DISKS + 8), record.formerDisks().getLast());
  }

  @Test
  void aNodeMayChangeItsAddress() {
    AdmissionRecord moved = admit(records, with(worker("a", "worker-1", 1), "10.0.0.77"));
    assertEquals(List.of("10.0.0.77"), moved.addresses());
    admit(List.of(moved), other("worker-2", 2, "10.0.0.1"));
  }

  @Test
  void aRejoinNeedsTheMachinesOwnDisk() {
    for (Map.Entry<Rule, String> one :
        Map.of(Rule.DISK, identity("b"), Rule.UNKNOWN_DISK, identity("a")).entrySet()) {
      String disk = one.getKey() == Rule.DISK ? disk(1) : disk(9);
      var refusal =
          assertThrows(
              AdmissionException.class,
              () -> AdmissionRules.rejoin(records, one.getValue(), Map.of(), disk, NOW));
      assertEquals(one.getKey(), refusal.rule(), refusal.getMessage());
      assertFalse(refusal.told().contains(identity("a")), refusal.told());
    }
  }

  @Test
  void aReleasedMachineMayNotRejoin() {
    var refusal =
        assertThrows(
            AdmissionException.class,
            () ->
                AdmissionRules.rejoin(
                    List.of(in(State.RELEASED, first)), identity("a"), Map.of(), disk(1), NOW));
    assertEquals(Rule.RELEASED, refusal.rule());
  }

  @Test
  void aRejoinKeepsWhatItsEvidenceSaysNow() throws Exception {
    Change<AdmissionRecord> rejoin =
        AdmissionRules.rejoin(records, identity("a"), Map.of("resetCount", "7"), disk(1), NOW);
    assertEquals(Map.of("resetCount", "7"), rejoin.put().orElseThrow().evidence());
    assertEquals(disk(1), rejoin.result().disk());
  }

  @Test
  void whoWaitsOwnsNothing() throws Exception {
    AdmissionRecord waits =
        AdmissionRules.await(List.of(), controlPlane("a", "cp-1", 1), NOW).put().orElseThrow();
    assertEquals(State.PENDING, waits.state());
    admit(List.of(waits), with(controlPlane("b", "cp-1", 1), "10.0.0.1"));
    assertEquals(
        Rule.UNKNOWN_DISK,
        assertThrows(
                AdmissionException.class,
                () -> AdmissionRules.rejoin(List.of(waits), identity("a"), Map.of(), disk(1), NOW))
            .rule());
  }

  @Test
  void whoIsAdmittedDoesNotWaitAgain() throws Exception {
    AdmissionRecord plane = admit(List.of(), controlPlane("a", "cp-1", 1));
    Change<AdmissionRecord> again =
        AdmissionRules.await(List.of(plane), controlPlane("a", "cp-1", 2), NOW);
    assertEquals(State.ADMITTED, again.result().state());
    assertEquals(disk(2), again.result().disk());
  }

  @Test
  void onlySoManyWaitAndThoseThatGaveUpMakeRoom() throws Exception {
    var waiting = new ArrayList<AdmissionRecord>();
    for (int i = 0; i < AdmissionRules.MAX_PENDING; i++) {
      var one = controlPlane(String.valueOf((char) (1000 + i)), "cp-" + i, i);
      waiting.add(AdmissionRules.await(waiting, one, NOW).result());
    }
    Applicant late = controlPlane("z", "cp-z", 200);
    var full =
        assertThrows(AdmissionException.class, () -> AdmissionRules.await(waiting, late, NOW));
    assertEquals(Rule.FULL, full.rule());
    Applicant known = controlPlane(String.valueOf((char) 1000), "cp-0", 0);
    AdmissionRules.await(waiting, known, NOW);

    var afterwards = NOW.plus(AdmissionRules.PENDING_FOR).plus(Duration.ofSeconds(1));
    Change<AdmissionRecord> change = AdmissionRules.await(waiting, late, afterwards);
    assertEquals(State.PENDING, change.result().state());
    assertEquals(AdmissionRules.MAX_PENDING, change.remove().size());
  }

  @Test
  void unboundMachinesAreTurnedAwayWhenRevokedAndNeverGetARevokedOnesDisk() throws Exception {
    List<AdmissionRecord> revoked = List.of(in(State.REVOKED, first));
    AdmissionRules.notRevoked(revoked, identity("b"), disk(2));
    AdmissionRules.notRevoked(records, identity("b"), disk(1));
    for (String[] one : List.of(new String[] {"a", disk(2)}, new String[] {"b", disk(1)})) {
      assertThrows(
          AdmissionException.class,
          () -> AdmissionRules.notRevoked(revoked, identity(one[0]), one[1]));
    }
  }
}
