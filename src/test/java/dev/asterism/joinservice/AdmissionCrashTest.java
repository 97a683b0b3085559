package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.ByteString;
import dev.asterism.joinservice.FaultPoints.Step;
import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionOrders;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.testing.Deaths;
import dev.asterism.testing.Deaths.Killed;
import dev.asterism.testing.DyingRecords;
import dev.asterism.testing.JoinServiceNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * A hundred rounds of a control plane that waits, is approved, joins, rejoins and is let go, while
 * the join-service and the admin's command die at places that a seed picks. Whoever died does the
 * same again.
 */
@Timeout(600)
class AdmissionCrashTest extends JoinServiceFixture {
  private static final int ROUNDS = Integer.getInteger("asterism.crash.rounds", 100);
  private static final int TRIES = 20;
  private static final String ORDER = "around an admin's order";
  private static final List<Object> PLACES =
      List.of(
          Step.SPENT,
          Step.ADMITTED,
          Step.KEYS_RECEIVED,
          Step.CERTIFICATE_SIGNED,
          Step.TOKEN_CREATED,
          Step.ANNOUNCED,
          Step.RECORDED,
          ORDER);

  private final long seed = Long.getLong("asterism.crash.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Set<Object> died = new HashSet<>();
  private volatile Deaths deaths = new Deaths();
  private volatile boolean dead;

  /** An admin's order, which may be given again. */
  private interface Order {
    void give(AdmissionOrders orders) throws IOException, AdmissionException;
  }

  @Test
  void admissionSurvivesDeathAtAnyStep(TestReporter reporter) throws Exception {
    reporter.publishEntry("to repeat", "-Dasterism.crash.seed=" + seed);
    admission("{\"controlPlanes\": {\"mode\": \"approval\"}}");
    for (int round = 0; round < ROUNDS; round++) {
      deaths = Deaths.among(PLACES, round, random);
      faults.set(this::reached);
      live(round, "round " + round + " of seed " + seed + ", " + deaths);
    }
    assertTrue(died.containsAll(PLACES) || ROUNDS < PLACES.size(), () -> "only at " + died);
  }

  private void live(int round, String what) throws Exception {
    String name = "cp-" + (round + 1);
    String disk = UUID.randomUUID().toString();
    waits(name, disk, what);
    order(name, State.ADMITTED, orders -> orders.approve(name, ""), what);
    IssueJoinTicketResponse ticket = joins(name, disk, what);
    assertEquals(key(disk), ticket.getStateDiskKey(), what);
    assertEquals(key(disk), rejoins(name, disk, what), what);
    boolean revoke = random.nextBoolean();
    order(
        name,
        revoke ? State.REVOKED : State.RELEASED,
        orders -> {
          var _ = revoke ? orders.revoke(name, "") : orders.release(name, "", false);
        },
        what);
    died.addAll(deaths.end());
    try (var node = new JoinServiceNode(role.port(), name, evidence(name), disk)) {
      assertRefused(
          Status.Code.PERMISSION_DENIED, revoke ? "revoked" : "released", () -> node.rejoin(disk));
    }
    assertEquals(round + 1, cluster.admissions().all().size(), what);
    arrive(name);
  }

  private void waits(String name, String disk, String what) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      Optional<IssueJoinTicketResponse> ticket = ask(name, disk);
      assertTrue(ticket.isEmpty(), "a ticket without approval, " + what);
      if (record(name).isPresent()) {
        assertEquals(State.PENDING, record(name).get().state(), what);
        return;
      }
    }
    fail("never waits, " + what);
  }

  private IssueJoinTicketResponse joins(String name, String disk, String what) throws Exception {
    int before = secrets();
    for (int i = 0; i < TRIES; i++) {
      Optional<IssueJoinTicketResponse> ticket = ask(name, disk);
      if (ticket.isPresent()) {
        assertEquals(before + 1, secrets(), "one token, " + what);
        assertEquals(disk, record(name).orElseThrow().disk(), what);
        assertEquals(List.of(), record(name).orElseThrow().formerDisks(), what);
        return ticket.get();
      }
      assertTrue(secrets() <= before + 1, "one token at most, " + what);
    }
    return fail("never joins, " + what);
  }

  private Optional<IssueJoinTicketResponse> ask(String name, String disk) throws Exception {
    try (var node = new JoinServiceNode(role.port(), name, evidence(name), disk)) {
      return Optional.of(node.join(node.request(true)));
    } catch (StatusRuntimeException e) {
      restart();
      return Optional.empty();
    }
  }

  private ByteString rejoins(String name, String disk, String what) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      try (var node = new JoinServiceNode(role.port(), name, evidence(name), disk)) {
        return node.rejoin(disk).getStateDiskKey();
      } catch (StatusRuntimeException e) {
        restart();
      }
    }
    return fail("never rejoins, " + what);
  }

  private void order(String name, State end, Order order, String what) throws Exception {
    var orders =
        new AdmissionOrders(
            new DyingRecords(cluster.admissions(), () -> deaths.reached(ORDER)), clock);
    for (int i = 0; i < TRIES; i++) {
      try {
        order.give(orders);
        break;
      } catch (Killed e) {
        if (record(name).orElseThrow().state() == end) {
          break;
        }
      }
    }
    assertEquals(end, record(name).orElseThrow().state(), what);
  }

  private void reached(Step step) {
    try {
      deaths.reached(step);
    } catch (Killed e) {
      dead = true;
      throw e;
    }
  }

  private void restart() throws Exception {
    if (dead) {
      dead = false;
      role.stop(Duration.ZERO);
      role = another();
    }
  }

  /** So that the next control plane may join. */
  private void arrive(String name) throws Exception {
    var announced = folder.resolve("cp-0/etc/kubernetes/standalone/joiningnodes");
    try (var files = Files.list(announced)) {
      for (var file : files.toList()) {
        assertTrue(Files.readString(file).contains("\"" + name + "\""));
        Files.delete(file);
      }
    }
  }

  private Optional<AdmissionRecord> record(String name) throws IOException {
    return cluster.admissions().all().stream().filter(r -> r.node().equals(name)).findAny();
  }
}
