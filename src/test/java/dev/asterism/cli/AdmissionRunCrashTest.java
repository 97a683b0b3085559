package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.testing.AuditTrail;
import dev.asterism.testing.Deaths;
import dev.asterism.testing.Deaths.Killed;
import dev.asterism.testing.DyingRecords;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * A hundred rounds of an admin's orders, whose command dies while it records, does and says what it
 * was told, as a seed picks; the admin gives the same order again.
 */
@Timeout(120)
class AdmissionRunCrashTest {
  private static final int ROUNDS = Integer.getInteger("asterism.crash.rounds", 100);
  private static final int TRIES = 10;

  /** How far a command has come when it dies. */
  private enum Step {
    ORDER_RECORDED,
    DONE,
    SAID,
    OUTCOME_RECORDED
  }

  private enum Verb {
    APPROVE("admission-approved", State.ADMITTED),
    RELEASE("admission-released", State.RELEASED),
    BIND("admission-bound", State.ADMITTED),
    REVOKE("admission-revoked", State.REVOKED);

    private final String event;
    private final State end;

    Verb(String event, State end) {
      this.event = event;
      this.end = end;
    }
  }

  /** Where one may die. */
  private record Place(Verb verb, Step step) {}

  /** What an admin types. */
  private interface Order {
    int give(AdmissionRun run) throws Exception;
  }

  @TempDir private Path folder;
  private final long seed = Long.getLong("asterism.crash.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final AdmissionCommand.Place place = new AdmissionCommand.Place();
  private StandaloneAdmissions records;
  private Deaths deaths = new Deaths();
  private String what = "";
  private int recorded;

  @Test
  void ordersSurviveDeathAtAnyStep(TestReporter reporter) throws Exception {
    reporter.publishEntry("to repeat", "-Dasterism.crash.seed=" + seed);
    var places = new ArrayList<Object>();
    for (Verb verb : Verb.values()) {
      for (Step step : Step.values()) {
        places.add(new Place(verb, step));
      }
    }
    var died = new HashSet<Object>();
    for (int round = 0; round < ROUNDS; round++) {
      deaths = Deaths.among(places, round, random);
      what = "round " + round + " of seed " + seed + ", " + deaths;
      live(round);
      died.addAll(deaths.end());
    }
    assertTrue(died.containsAll(places) || ROUNDS < places.size(), () -> "only at " + died);
  }

  private void live(int round) throws Exception {
    Path own = Files.createDirectories(folder.resolve(String.valueOf(round)));
    place.audit = own.resolve("audit.jsonl");
    recorded = 0;
    records = StandaloneAdmissions.in(own);
    Applicant waiting = applicant(1, "cp", true);
    Applicant worker = applicant(2, "worker", false);
    var heir = new AdmissionBindCommand();
    heir.node = worker.node();
    heir.identity = identity(3);
    heir.disk = worker.disk();
    var _ = records.change(all -> AdmissionRules.await(all, waiting, Instant.now()));
    var _ = records.change(all -> AdmissionRules.admit(all, worker, Instant.now()));

    order(Verb.APPROVE, waiting.identity(), run -> run.approve(waiting.node(), ""));
    order(Verb.RELEASE, worker.identity(), run -> run.release(worker.node(), "", true));
    order(Verb.BIND, heir.identity, run -> run.bind(heir));
    order(Verb.REVOKE, heir.identity, run -> run.revoke(worker.node(), ""));
    assertEquals(State.RELEASED, record(worker.identity()).orElseThrow().state(), what);
  }

  /** Until it is carried out, or is said to be. */
  private void order(Verb verb, String identity, Order order) throws Exception {
    Optional<AdmissionRecord> before = record(identity);
    boolean again = false;
    for (int tries = 1; tries <= TRIES; tries++) {
      try {
        assertEquals(0, order.give(command(verb)), what);
        deaths.reached(new Place(verb, Step.OUTCOME_RECORDED));
        assertOnRecord(verb, identity, tries, verb.event);
        return;
      } catch (Killed e) {
        again = !record(identity).equals(before);
        assertTrue(!again || inForce(verb, identity), "a part of it, " + what);
        AuditTrail.tear(place.audit);
      } catch (AdmissionException e) {
        assertTrue(again && inForce(verb, identity), e.getMessage() + ", " + what);
        assertTrue(e.getMessage().contains(" is " + verb.end.id()), e.getMessage());
        assertOnRecord(verb, identity, tries, "admission-failed");
        return;
      }
    }
    fail("never carried out, " + what);
  }

  private boolean inForce(Verb verb, String identity) throws IOException {
    return record(identity).filter(record -> record.state() == verb.end).isPresent();
  }

  /** Each try is on record, with what became of the last, and of no other machine. */
  private void assertOnRecord(Verb verb, String identity, int tries, String last) throws Exception {
    List<ObjectNode> own = AuditTrail.verified(place.audit, recorded, what);
    recorded += own.size();
    String order = verb.name().toLowerCase(Locale.ROOT);
    assertEquals(
        tries,
        own.stream()
            .filter(record -> event(record).equals("admission-ordered"))
            .filter(record -> record.path("content").path("order").asString("").equals(order))
            .count(),
        what);
    assertEquals(last, event(own.getLast()), what);
    own.stream()
        .filter(record -> event(record).equals(verb.event))
        .map(record -> record.path("content").path("identity").asString(""))
        .forEach(done -> assertEquals(identity, done, what));
  }

  private static String event(ObjectNode record) {
    return record.path("event").asString("");
  }

  /** A process of its own. */
  private AdmissionRun command(Verb verb) {
    var steps = new ArrayList<>(List.of(Step.ORDER_RECORDED, Step.DONE));
    return new AdmissionRun(
        new PrintWriter(new StringWriter()) {
          @Override
          public void flush() {
            deaths.reached(new Place(verb, Step.SAID));
          }
        },
        place,
        new DyingRecords(records, () -> deaths.reached(new Place(verb, steps.removeFirst()))));
  }

  private Optional<AdmissionRecord> record(String identity) throws IOException {
    return records.all().stream().filter(r -> r.identity().equals(identity)).findAny();
  }

  private static String identity(int machine) {
    return AdmissionRecord.identityOfKey("%064x".formatted(machine));
  }

  private static Applicant applicant(int machine, String node, boolean controlPlane) {
    return new Applicant(
        identity(machine), Map.of(), node, controlPlane, UUID.randomUUID().toString(), List.of());
  }
}
