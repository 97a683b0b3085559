package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.kubernetes.api.ApiAdmissions;
import dev.asterism.kubernetes.api.Objects;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.testing.kubernetes.TestControlPlane;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
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
@Tag("storm")
@Timeout(600)
@ParameterizedClass(name = "Kubernetes {0}")
@MethodSource("versions")
class KubernetesStormTest {
  private static final int NODES = 200;

  /** Of them; they have to come one after the other. */
  private static final int CONTROL_PLANES = 3;

  private static final Duration PATIENCE = Duration.ofMinutes(8);

  /** A slow machine takes longer than a call may; its answer then is the one of the next call. */
  private static final Set<Status.Code> TRY_AGAIN =
      EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);

  @Parameter String version;

  @TempDir private Path folder;

  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final AtomicInteger tickets = new AtomicInteger();
  private final AtomicInteger joiningControlPlanes = new AtomicInteger();
  private final AtomicInteger overlaps = new AtomicInteger();

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
    int before = secrets(plane);
    var third = new Semaphore(0);
    try (var one = new KubernetesFixture(plane, folder.resolve("one.log"));
        var two = new KubernetesFixture(plane, folder.resolve("two.log"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var joining = new ArrayList<Future<?>>();
      for (int i = 0; i < NODES; i++) {
        String name = run + "-" + i;
        boolean controlPlane = i < CONTROL_PLANES;
        KubernetesFixture door = i % 2 == 0 ? one : two;
        joining.add(
            threads.submit(() -> {
              join(plane, door, name, controlPlane);
              third.release();
              return null;
            }));
      }
      third.acquire(NODES / 3);
      plane.killApiServer();
      plane.startApiServer();
      for (Future<?> each : joining) {
        each.get();
      }
    }
    assertEquals(NODES, tickets.get());
    assertEquals(NODES, tokens.size());
    assertEquals(0, overlaps.get());
    try (var admin = plane.admin()) {
      long nodes =
          new ApiAdmissions(admin)
              .all().stream()
                  .map(AdmissionRecord::node)
                  .filter(name -> name.startsWith(run + "-"))
                  .distinct()
                  .count();
      assertEquals(NODES, nodes);
    }
    // One that was made while its answer was lost stays until its time is over: as many as a
    // machine
    // has places at most.
    int made = secrets(plane) - before;
    assertTrue(made >= NODES && made <= NODES * TokenHolder.PLACES, made + " tokens");
  }

  private static int secrets(TestControlPlane plane) throws Exception {
    try (var admin = plane.admin()) {
      return Objects.tokens(admin);
    }
  }

  /** As a node does: again and again, until it has its ticket. */
  private void join(
      TestControlPlane plane, KubernetesFixture door, String name, boolean controlPlane)
      throws Exception {
    IssueJoinTicketRequest request;
    try (JoinServiceNode node = door.node(name)) {
      request = node.request(controlPlane).build();
    }
    for (long start = System.nanoTime(); ; Thread.sleep(200)) {
      // A connection yields one ticket.
      try (JoinServiceNode node = door.node(name)) {
        IssueJoinTicketResponse ticket = node.join(request.toBuilder());
        tickets.incrementAndGet();
        assertTrue(tokens.add(ticket.getToken()), "a token was given twice");
        if (controlPlane) {
          arrive(plane);
        }
        return;
      } catch (StatusRuntimeException e) {
        assertTrue(TRY_AGAIN.contains(e.getStatus().getCode()), e.getMessage());
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw e;
        }
      }
    }
  }

  /**
   * Nobody else is joining while it is; then the operator takes the announcement away, again and
   * again until the API server is there to do it.
   */
  private void arrive(TestControlPlane plane) throws Exception {
    if (joiningControlPlanes.incrementAndGet() != 1) {
      overlaps.incrementAndGet();
    }
    Thread.sleep(500);
    joiningControlPlanes.decrementAndGet();
    for (long start = System.nanoTime(); ; Thread.sleep(200)) {
      try (var admin = plane.admin()) {
        Objects.arrived(admin, JoiningNode.CONTROL_PLANE);
        return;
      } catch (IOException e) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw e;
        }
      }
    }
  }
}
