package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionOrders;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.testing.kubernetes.FakeApiServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records that several join-services change at once, some of which lose answers or die. */
@Timeout(120)
class ApiAdmissionsTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final String JOURNAL = Resource.ADMISSION_JOURNALS.path(AdmissionJournal.NAME);
  private static final int MACHINES = 16;

  private FakeApiServer fake;
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    fake = new FakeApiServer();
    server = new ApiServer(() -> fake.access("any"), Duration.ofMinutes(1));
  }

  @AfterEach
  void stop() {
    server.close();
    fake.close();
  }

  /** As another join-service of the same cluster has them. */
  private AdmissionRecords records() {
    return new ApiAdmissions(server);
  }

  private static String identity(int machine) {
    return AdmissionRecord.identityOfKey("%064x".formatted(machine));
  }

  private static Applicant applicant(int machine, String node, int disk) {
    return new Applicant(
        identity(machine),
        Map.of(),
        node,
        false,
        "00000000-0000-0000-0000-%012d".formatted(disk),
        List.of());
  }

  private AdmissionRecord admit(Applicant one) throws IOException, AdmissionException {
    return records()
        .<AdmissionRecord, AdmissionException>change(all -> AdmissionRules.admit(all, one, NOW));
  }

  private interface Wish {
    Applicant of(int machine);
  }

  /** How many get it, if all ask at once, each through a join-service of its own. */
  private long race(Wish wish) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asking = new ArrayList<Future<Boolean>>();
      for (int i = 1; i <= MACHINES; i++) {
        Applicant one = wish.of(i);
        asking.add(
            threads.submit(() -> {
              try {
                admit(one);
                return true;
              } catch (AdmissionException e) {
                return false;
              }
            }));
      }
      long admitted = 0;
      for (Future<Boolean> one : asking) {
        admitted += one.get() ? 1 : 0;
      }
      return admitted;
    }
  }

  @Test
  void oneMachineGetsANameThatAllWant() throws Exception {
    assertEquals(1, race(machine -> applicant(machine, "worker", machine)));
    assertEquals(1, records().all().size());
  }

  @Test
  void oneMachineGetsADiskThatAllClaim() throws Exception {
    assertEquals(1, race(machine -> applicant(machine, "worker-" + machine, 1)));
  }

  @Test
  void allGetWhatNobodyElseWants() throws Exception {
    assertEquals(MACHINES, race(machine -> applicant(machine, "worker-" + machine, machine)));
    assertEquals(MACHINES, records().all().size());
    assertEquals(MACHINES, fake.count(Resource.NODE_ADMISSIONS.path()));
  }

  @Test
  void aRecordIsThereForWhoeverLooksNext() throws Exception {
    AdmissionRecord admitted = admit(applicant(1, "worker", 1));
    assertEquals(List.of(admitted), records().all());
  }

  @Test
  void aChangeWhoseAnswerIsLostCountsOnce() throws Exception {
    admit(applicant(1, "worker-1", 1));
    fake.loseAnswer("PUT", JOURNAL);
    admit(applicant(2, "worker-2", 2));
    assertEquals(2, fake.object(JOURNAL).path("spec").path("sequence").asInt());
    assertEquals(2, records().all().size());
  }

  @Test
  void whatAJoinServiceDiedBehindIsSeenAndFinishedByTheNext() throws Exception {
    admit(applicant(1, "worker-1", 1));
    admit(applicant(2, "worker-2", 2));
    // As if it had died between the two writes.
    fake.remove(Resource.NODE_ADMISSIONS.path(identity(2)));
    assertEquals(2, records().all().size());
    assertThrows(AdmissionException.class, () -> admit(applicant(3, "worker-2", 3)));
    admit(applicant(3, "worker-3", 3));
    assertEquals(3, fake.count(Resource.NODE_ADMISSIONS.path()));
  }

  @Test
  void whoFinishesAChangeOfARecordWritesItsOwnToo() throws Exception {
    admit(applicant(1, "worker-1", 1));
    fake.remove(Resource.NODE_ADMISSIONS.path(identity(1)));
    var _ = new AdmissionOrders(records(), () -> NOW).revoke("worker-1", "");
    assertEquals(
        "revoked",
        fake.object(Resource.NODE_ADMISSIONS.path(identity(1)))
            .path("spec")
            .path("state")
            .asString());
  }

  @Test
  void aRevocationCountsWhereTheJournalWasDeleted() throws Exception {
    for (int i = 1; i <= 3; i++) {
      admit(applicant(i, "node" + i, i));
    }
    fake.remove(JOURNAL);
    var _ = new AdmissionOrders(records(), () -> NOW).revoke("node3", "");
    assertEquals(
        List.of(AdmissionRecord.State.REVOKED),
        records().all().stream()
            .filter(r -> r.identity().equals(identity(3)))
            .map(AdmissionRecord::state)
            .toList());
  }

  /** The schema says so: a copy of an older journal is not taken for the newest. */
  @Test
  void noJournalGoesBack() throws Exception {
    admit(applicant(1, "worker-1", 1));
    var same =
        assertThrows(
            ApiException.class,
            () ->
                server.replace(
                    Resource.ADMISSION_JOURNALS, AdmissionJournal.NAME, fake.object(JOURNAL)));
    assertEquals(422, same.code());
  }

  @Test
  void whoIsLateDoesNotUndoWhatIsNewer() throws Exception {
    admit(applicant(1, "worker-1", 1));
    AdmissionRecord late = admit(applicant(1, "worker-1", 2));
    // The journal as it was, and a newer object: a join-service that stood still between reading
    // and writing sees it so.
    fake.change(
        Resource.NODE_ADMISSIONS.path(identity(1)),
        object -> {
          object.withObject("/metadata").withObject("/annotations").put("asterism.dev/change", "9");
          object.withObject("/spec").put("node", "renamed");
          return object;
        });
    assertEquals("worker-1", late.node());
    assertEquals("renamed", records().all().getFirst().node());
    admit(applicant(2, "worker-2", 3));
    assertEquals(
        "renamed",
        fake.object(Resource.NODE_ADMISSIONS.path(identity(1)))
            .path("spec")
            .path("node")
            .asString());
  }

  @Test
  void nothingIsChangedWhereTheServerStaysAway() throws Exception {
    admit(applicant(1, "worker-1", 1));
    for (int i = 0; i < 100; i++) {
      fake.fail("PUT", JOURNAL, 503);
    }
    try (var impatient = new ApiServer(() -> fake.access("any"), Duration.ofMillis(200))) {
      var records = new ApiAdmissions(impatient);
      assertThrows(
          IOException.class,
          () ->
              records.<AdmissionRecord, AdmissionException>change(
                  all -> AdmissionRules.admit(all, applicant(2, "worker-2", 2), NOW)));
    }
    assertEquals(1, fake.object(JOURNAL).path("spec").path("sequence").asInt());
    assertEquals(1, records().all().size());
  }

  @Test
  void aDecisionThatFailsChangesNothing() throws Exception {
    admit(applicant(1, "worker", 1));
    int before = fake.object(JOURNAL).path("spec").path("sequence").asInt();
    assertThrows(AdmissionException.class, () -> admit(applicant(2, "worker", 2)));
    assertEquals(before, fake.object(JOURNAL).path("spec").path("sequence").asInt());
  }

  @Test
  void oneThatChangesNothingWritesNothing() throws Exception {
    admit(applicant(1, "worker", 1));
    int calls = fake.calls().size();
    admit(applicant(1, "worker", 1));
    assertTrue(
        fake.calls().subList(calls, fake.calls().size()).stream()
            .allMatch(call -> call.startsWith("GET ")),
        fake.calls()::toString);
  }

  @Test
  void forgetsOnlyWhatItDecidedToForget() throws Exception {
    admit(applicant(1, "worker-1", 1));
    AdmissionRecord second = admit(applicant(2, "worker-2", 2));
    var asked = new AtomicInteger();
    String path = Resource.NODE_ADMISSIONS.path(identity(1));
    records()
        .<String, IOException>change(all -> {
          if (asked.incrementAndGet() == 1) {
            // It asks again after it was looked at: it is not forgotten.
            fake.change(path, object -> object);
          }
          return new Change<>("", Optional.of(second), List.of(identity(1), identity(7)));
        });
    assertEquals(2, records().all().size());
    records()
        .<String, IOException>change(
            all -> new Change<>("", Optional.of(second), List.of(identity(1))));
    assertEquals(List.of(second), records().all());
  }

  @Test
  void aRecordThatCannotBeReadRefusesEverybody() throws Exception {
    admit(applicant(1, "worker-1", 1));
    fake.change(
        Resource.NODE_ADMISSIONS.path(identity(1)),
        object -> {
          object.withObject("/spec").put("state", "something");
          return object;
        });
    var broken = assertThrows(IOException.class, () -> admit(applicant(2, "worker-2", 2)));
    assertTrue(broken.getMessage().contains(identity(1)), broken.getMessage());
  }
}
