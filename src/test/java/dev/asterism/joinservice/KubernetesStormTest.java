package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.kubernetes.api.ApiAdmissions;
import dev.asterism.kubernetes.api.Objects;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.testing.kubernetes.TestControlPlane;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Many nodes at once before two join-services of one cluster, whose API server dies meanwhile. */
@Tag("kube")
@Timeout(900)
@ParameterizedClass(name = "Kubernetes {0}")
@MethodSource("versions")
class KubernetesStormTest {
  private static final int NODES = 200;

  /** Of them; they have to come one after the other. */
  private static final int CONTROL_PLANES = 3;

  /** Only a failure gets there: tokens, by which what is made is counted, are over a bit later. */
  private static final Duration PATIENCE = Duration.ofMinutes(12);

  /** A slow machine takes longer than a call may; its answer then is the one of the next call. */
  private static final Set<Status.Code> TRY_AGAIN =
      EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);

  @Parameter String version;

  @TempDir private Path folder;

  private final long start = System.nanoTime();

  /** The token in the ticket of each node. */
  private final Map<String, String> tokens = new ConcurrentHashMap<>();

  /** Control planes without a ticket, and how often each was answered. */
  private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();

  private final AtomicInteger joiningControlPlanes = new AtomicInteger();
  private final AtomicInteger overlaps = new AtomicInteger();
  private List<KubernetesFixture> doors;

  static List<String> versions() {
    return TestControlPlane.versions();
  }

  @Test
  void allJoinOnceWhileTheApiServerIsKilledAndRestarted() throws Exception {
    TestControlPlane plane = TestControlPlane.of(version);
    plane.awaitApiServer();
    // Other tests' control planes do not hold these up.
    try (var admin = plane.admin()) {
      Objects.arrived(admin, JoiningNode.CONTROL_PLANE);
    }
    String run = "n" + Long.toString(System.nanoTime(), 36);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      names.add(run + "-" + i);
    }
    names.subList(0, CONTROL_PLANES).forEach(name -> waiting.put(name, new AtomicInteger()));
    var third = new CountDownLatch(NODES / 3);
    try (var one = new KubernetesFixture(plane, folder.resolve("one.log"));
        var two = new KubernetesFixture(plane, folder.resolve("two.log"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      doors = List.of(one, two);
      var joining = new ArrayList<Future<?>>();
      for (int i = 0; i < NODES; i++) {
        int number = i;
        joining.add(
            threads.submit(() -> {
              try {
                join(plane, names.get(number), number);
              } finally {
                third.countDown();
              }
              return null;
            }));
      }
      third.await();
      plane.killApiServer();
      plane.startApiServer();
      for (Future<?> each : joining) {
        each.get();
      }
    }
    assertEquals(Set.copyOf(names), tokens.keySet());
    assertEquals(NODES, Set.copyOf(tokens.values()).size(), "a token was given twice");
    assertEquals(0, overlaps.get());
    everyNodeIsOnRecordOnceWithOneToken(plane, names);
  }

  private void everyNodeIsOnRecordOnceWithOneToken(TestControlPlane plane, List<String> names)
      throws Exception {
    try (var admin = plane.admin()) {
      var machines = new HashSet<String>();
      var recorded = new ArrayList<String>();
      for (AdmissionRecord record : new ApiAdmissions(admin).all()) {
        if (names.contains(record.node())) {
          machines.add(record.identity());
          recorded.add(record.node());
        }
      }
      assertEquals(NODES, recorded.size());
      assertEquals(Set.copyOf(names), Set.copyOf(recorded));
      List<String> made = Objects.tokensOf(admin, machines);
      assertEquals(NODES, made.size(), "Secrets");
      assertEquals(Set.copyOf(tokens.values()), Set.copyOf(made));
    }
  }

  /**
   * As a node does: again and again, at one join-service and the other, until it has its ticket.
   */
  private void join(TestControlPlane plane, String name, int number) throws Exception {
    boolean controlPlane = number < CONTROL_PLANES;
    IssueJoinTicketRequest request;
    try (JoinServiceNode node = doors.getFirst().node(name)) {
      request = node.request(controlPlane).build();
    }
    for (int round = number; ; round++) {
      // A connection yields one ticket.
      try (JoinServiceNode node = doors.get(round % doors.size()).node(name)) {
        tokens.put(name, node.join(request.toBuilder()).getToken());
      } catch (StatusRuntimeException e) {
        assertTrue(TRY_AGAIN.contains(e.getStatus().getCode()), e.getMessage());
        goOn(e);
        if (controlPlane) {
          waiting.get(name).incrementAndGet();
        }
        continue;
      }
      if (controlPlane) {
        waiting.remove(name);
        arrive(plane, name);
      }
      return;
    }
  }

  private <E extends Exception> void goOn(E trouble) throws E, InterruptedException {
    if (System.nanoTime() - start > PATIENCE.toNanos()) {
      throw trouble;
    }
    Thread.sleep(200);
  }

  /**
   * Nobody else joins while it does, though all who wait ask meanwhile; then the operator takes the
   * announcement away, again and again until the API server is there to do it.
   */
  private void arrive(TestControlPlane plane, String name) throws Exception {
    if (joiningControlPlanes.incrementAndGet() != 1) {
      overlaps.incrementAndGet();
    }
    for (String other : Set.copyOf(waiting.keySet())) {
      awaitWholeCall(other);
    }
    joiningControlPlanes.decrementAndGet();
    while (true) {
      try (var admin = plane.admin()) {
        Objects.arrived(admin, JoiningNode.CONTROL_PLANE, name);
        return;
      } catch (IOException e) {
        goOn(e);
      }
    }
  }

  /** Of two answers from now on, the second one is to a call of after now. */
  private void awaitWholeCall(String controlPlane) throws Exception {
    AtomicInteger answers = waiting.getOrDefault(controlPlane, new AtomicInteger());
    int before = answers.get();
    while (waiting.containsKey(controlPlane) && answers.get() < before + 2) {
      goOn(new IllegalStateException(controlPlane + " does not ask"));
    }
  }
}
