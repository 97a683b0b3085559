package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.joinservice.FaultPoints.Step;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.testing.JoinServiceNode;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A join-service dies at some step; the node asks the next one. */
class FaultTest extends JoinServiceFixture {
  /** As a power cut: nothing after it is done. */
  private static final class Killed extends Error {}

  private final AtomicBoolean reached = new AtomicBoolean();

  private void dieAt(Step step) {
    faults.set(now -> {
      if (now == step) {
        reached.set(true);
        throw new Killed();
      }
    });
  }

  private void restart() throws Exception {
    faults.set(FaultPoints.NONE);
    role.close();
    role = another();
  }

  @ParameterizedTest
  @EnumSource
  void aJoinThatDiedIsRepeated(Step step) throws Exception {
    dieAt(step);
    IssueJoinTicketRequest request;
    String disk;
    try (JoinServiceNode node = node("cp-1")) {
      disk = node.disk;
      request = node.request(true).build();
      assertThrows(StatusRuntimeException.class, () -> node.join(request.toBuilder()));
    }
    assertTrue(reached.get());
    restart();
    try (JoinServiceNode node = node("cp-1")) {
      assertEquals(key(disk), node.join(request.toBuilder()).getStateDiskKey());
    }
    assertEquals(
        List.of(disk), cluster.admissions().all().stream().map(AdmissionRecord::disk).toList());
    assertEquals(List.of(), cluster.admissions().all().getFirst().formerDisks());
  }

  @ParameterizedTest
  @EnumSource(names = {"SPENT", "ADMITTED", "KEYS_RECEIVED", "RECORDED"})
  void aRejoinThatDiedIsRepeated(Step step) throws Exception {
    String disk;
    try (JoinServiceNode node = member("worker-1")) {
      disk = node.disk;
      dieAt(step);
      assertThrows(StatusRuntimeException.class, () -> node.rejoin(disk));
    }
    assertTrue(reached.get());
    restart();
    try (JoinServiceNode node = node("worker-1")) {
      assertEquals(key(disk), node.rejoin(disk).getStateDiskKey());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatDiedAdmitsNobodyElse(Step step) throws Exception {
    dieAt(step);
    String disk;
    try (JoinServiceNode node = node("a", "worker-1")) {
      disk = node.disk;
      assertThrows(StatusRuntimeException.class, () -> node.join(node.request(false)));
    }
    restart();
    boolean bound = step.compareTo(Step.ADMITTED) >= 0;
    try (var other = new JoinServiceNode(role.port(), "worker-1", evidence("b"), disk)) {
      if (bound) {
        assertThrows(StatusRuntimeException.class, () -> other.join(other.request(false)));
      } else {
        other.join(other.request(false));
      }
    }
    assertEquals(1, cluster.admissions().all().size());
    assertEquals(identity(bound ? "a" : "b"), cluster.admissions().all().getFirst().identity());
  }
}
