package dev.asterism.kubernetes;

import static dev.asterism.kubernetes.Admissions.NOW;
import static dev.asterism.kubernetes.Admissions.controlPlane;
import static dev.asterism.kubernetes.Admissions.disk;
import static dev.asterism.kubernetes.Admissions.identity;
import static dev.asterism.kubernetes.Admissions.with;
import static dev.asterism.kubernetes.Admissions.worker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionException.Rule;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.testing.TestClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class AdmissionOrdersTest {
  @TempDir private Path folder;
  private final TestClock clock = new TestClock(NOW);
  private AdmissionRecords records;
  private AdmissionOrders orders;

  @BeforeEach
  void open() {
    records = StandaloneAdmissions.of(folder, folder.resolve("objects"));
    orders = new AdmissionOrders(records, clock);
  }

  private AdmissionRecord waits(Applicant applicant) throws Exception {
    return records.change(all -> AdmissionRules.await(all, applicant, clock.instant()));
  }

  private AdmissionRecord joins(Applicant applicant) throws Exception {
    return records.change(all -> AdmissionRules.admit(all, applicant, clock.instant()));
  }

  private static AdmissionException refused(Executable order) {
    return assertThrows(AdmissionException.class, order);
  }

  @Test
  void approvesExactlyTheMachineThatWaits() throws Exception {
    waits(controlPlane("a", "cp-1", 1));
    AdmissionRecord approved = orders.approve("cp-1", "");
    assertEquals(identity("a"), approved.identity());
    assertEquals(State.ADMITTED, approved.state());
    assertEquals(disk(1), approved.disk());
    assertEquals(List.of(approved), records.all());
    assertEquals(
        Rule.NAME, refused(() -> joins(controlPlane("b", "cp-1", 2))).rule(), "nobody else");
  }

  @Test
  void approvesNobodyByANameThatTwoWaitUnder() throws Exception {
    waits(controlPlane("a", "cp-1", 1));
    waits(controlPlane("b", "cp-1", 2));
    String said = refused(() -> orders.approve("cp-1", "")).getMessage();
    assertTrue(said.contains(identity("a")) && said.contains(identity("b")), said);
    assertEquals(identity("b"), orders.approve("cp-1", identity("b")).identity());
    assertEquals(Rule.NAME, refused(() -> orders.approve("cp-1", identity("a"))).rule());
  }

  @Test
  void approvesNobodyWhoDoesNotWait() throws Exception {
    assertEquals(Rule.ORDER, refused(() -> orders.approve("cp-1", "")).rule());
    waits(controlPlane("a", "cp-1", 1));
    assertEquals(Rule.ORDER, refused(() -> orders.approve("cp-1", identity("b"))).rule());
    clock.advance(AdmissionRules.PENDING_FOR.plusSeconds(1));
    assertEquals(Rule.ORDER, refused(() -> orders.approve("cp-1", "")).rule());
    assertEquals(List.of(), orders.list());
  }

  @Test
  void aReleasedNameGoesToAnotherMachineAndTheDiskDoesNot() throws Exception {
    joins(worker("a", "worker-1", 1));
    assertEquals(State.RELEASED, orders.release("worker-1", "", false).state());
    assertEquals(Rule.DISK, refused(() -> joins(worker("b", "worker-1", 1))).rule());
    AdmissionRecord other = joins(worker("b", "worker-1", 2));
    assertEquals(2, orders.list().size());
    assertEquals(List.of(other), orders.current());
  }

  @Test
  void whatIsKnownOfAnAdmittedMachineOutlivesAnOrder() throws Exception {
    Applicant known = worker("a", "worker-1", 1);
    joins(known);
    Applicant named =
        new Applicant(known.identity(), Map.of(), "worker-1", false, disk(2), List.of("10.0.0.9"));
    assertEquals(known.evidence(), orders.bind(named).evidence());
    orders.release("worker-1", "", false);
    assertEquals(Map.of(), orders.bind(named).evidence(), "a released one is told anew");
  }

  @Test
  void anAdmittedMachineKeepsItsAddressesWhereAnOrderNamesNone() throws Exception {
    Applicant known = worker("a", "worker-1", 1);
    joins(known);
    assertEquals(known.addresses(), orders.bind(with(known)).addresses());
    assertEquals(
        Rule.ADDRESS,
        refused(() -> joins(with(worker("b", "worker-2", 2), "10.0.0.1"))).rule(),
        "still nobody else's");
    assertEquals(List.of("10.0.0.9"), orders.bind(with(known, "10.0.0.9")).addresses());
    orders.release("worker-1", "", false);
    assertEquals(List.of(), orders.bind(with(known)).addresses(), "a released one is told anew");
  }

  /** A released machine that asks under another name, and gives up, still has its disks. */
  private void givesUpAsX() throws Exception {
    joins(worker("a", "worker-1", 1));
    orders.release("worker-1", "", false);
    waits(controlPlane("a", "x", 2));
    clock.advance(AdmissionRules.PENDING_FOR.plusSeconds(60));
    assertEquals(Rule.DISK, refused(() -> joins(worker("b", "worker-1", 1))).rule());
  }

  @Test
  void whoGaveUpWaitingAndHasDisksIsRevoked() throws Exception {
    givesUpAsX();
    assertEquals(identity("a"), orders.revoke("x", "").identity());
    assertEquals(Rule.REVOKED, refused(() -> waits(controlPlane("a", "x", 2))).rule());
  }

  @Test
  void whoGaveUpWaitingLetsGoOfItsDisks() throws Exception {
    givesUpAsX();
    assertEquals(List.of(), orders.release("x", "", true).formerDisks());
    assertEquals(disk(1), joins(worker("b", "worker-1", 1)).disk());
  }

  @Test
  void whoGaveUpWaitingAndHasDisksIsListedBesideTheOthersAndNotApproved() throws Exception {
    givesUpAsX();
    assertEquals(List.of("x"), orders.list().stream().map(AdmissionRecord::node).toList());
    assertEquals(List.of(), orders.current());
    assertEquals("no machine is pending as x", refused(() -> orders.approve("x", "")).getMessage());
    waits(controlPlane("b", "x", 3));
    assertEquals(identity("b"), orders.approve("x", "").identity());
  }

  @Test
  void aDiskMovesToAnotherMachineOnlyOnAnExplicitWord() throws Exception {
    joins(worker("a", "worker-1", 1));
    orders.release("worker-1", "", false);
    assertEquals(Rule.ORDER, refused(() -> orders.release("worker-1", "", false)).rule());
    orders.release("worker-1", "", true);
    assertEquals(disk(1), orders.bind(worker("b", "worker-1", 1)).disk());
    assertEquals(
        disk(1),
        AdmissionRules.rejoin(records.all(), identity("b"), Map.of(), disk(1), NOW)
            .result()
            .disk());
  }

  @Test
  void aRevokedMachineStaysRevoked() throws Exception {
    joins(worker("a", "worker-1", 1));
    AdmissionRecord revoked = orders.revoke("worker-1", "");
    assertEquals(State.REVOKED, revoked.state());
    assertEquals("worker-1", revoked.node(), "it is named in the list");
    assertEquals(Rule.ORDER, refused(() -> orders.release("worker-1", "", true)).rule());
    assertEquals(Rule.REVOKED, refused(() -> orders.bind(worker("a", "worker-2", 2))).rule());
    joins(worker("b", "worker-1", 2));
    assertEquals(identity("b"), orders.release("worker-1", "", false).identity());
  }

  /** Machine a was worker-1, and b is. */
  private void replaced() throws Exception {
    joins(worker("a", "worker-1", 1));
    orders.release("worker-1", "", false);
    joins(worker("b", "worker-1", 2));
  }

  @Test
  void whoeverHasTheNameIsMeantBeforeWhoeverHadIt() throws Exception {
    replaced();
    assertEquals(identity("b"), orders.revoke("worker-1", "").identity());
  }

  @Test
  void aRevocationThatIsRepeatedIsNobodyElses() throws Exception {
    replaced();
    orders.revoke("worker-1", "");
    AdmissionException again = refused(() -> orders.revoke("worker-1", ""));
    assertEquals(Rule.ORDER, again.rule());
    assertTrue(again.getMessage().contains(" is revoked"), again.getMessage());
    assertTrue(again.getMessage().contains("--identity"), again.getMessage());
    assertEquals(identity("a"), orders.revoke("worker-1", identity("a")).identity());
  }

  @Test
  void aReleasedMachineIsRevokedByItsName() throws Exception {
    joins(worker("a", "worker-1", 1));
    orders.release("worker-1", "", false);
    joins(worker("b", "worker-2", 2));
    orders.revoke("worker-2", "");
    assertEquals(identity("a"), orders.revoke("worker-1", "").identity());
  }

  @Test
  void aRequestThatWaitsCanBeTurnedDown() throws Exception {
    waits(controlPlane("a", "cp-1", 1));
    orders.release("cp-1", "", false);
    assertEquals(Rule.ORDER, refused(() -> orders.approve("cp-1", "")).rule());
    waits(controlPlane("a", "cp-1", 1));
    orders.revoke("cp-1", "");
    assertEquals(Rule.REVOKED, refused(() -> waits(controlPlane("a", "cp-1", 1))).rule());
  }

  @Test
  void listsByNode() throws IOException, Exception {
    joins(worker("b", "worker-2", 2));
    joins(worker("a", "worker-1", 1));
    assertEquals(
        List.of("worker-1", "worker-2"),
        orders.list().stream().map(AdmissionRecord::node).toList());
  }
}
