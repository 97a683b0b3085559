package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Versioned;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Who gets a ticket, and how often. */
class JoinApprovalTest extends JoinServiceFixture {
  @Test
  void letsNobodyInWithoutEvidence() {
    try (var node = new JoinServiceNode(role.port(), "worker-1", null)) {
      assertUnavailable(() -> node.rejoin(node.disk));
    }
    assertEquals("rejected", lastEvent());
  }

  @Test
  void letsNobodyInWithOtherMeasurements() throws Exception {
    Issuer bad = FakePlatform.issuer(Map.of(4, Bytes.zeros(32)));
    try (var node = new JoinServiceNode(role.port(), "worker-1", bad)) {
      assertUnavailable(() -> node.rejoin(node.disk));
    }
    ObjectNode verdict = Json.child(Json.child(lastRecord(), "content"), "appraisal");
    assertEquals("refused", Json.string(verdict, "verdict"));
    assertEquals(5, verdict.get("checks").size());
  }

  /** Only that is wrong: the configuration does not mention PCR 15, or allows what it holds. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "join   | {}",
        "join   | {\"15\": \"SPENT\"}",
        "join   | {\"15\": {\"expected\": \"SPENT\", \"warnOnly\": true}}",
        "rejoin | {}",
        "rejoin | {\"15\": \"SPENT\"}",
        "rejoin | {\"15\": {\"expected\": \"SPENT\", \"warnOnly\": true}}",
      })
  void letsNobodyInWhoHasJoinedBefore(String call, String measurements) throws Exception {
    config.set(new Versioned<>(joinConfig(measurements.replace("SPENT", GOOD_BOOT.hex())), 2));
    Issuer spent =
        FakePlatform.issuer(Map.of(4, GOOD_BOOT, 15, GOOD_BOOT), FakePlatform.machine("worker-1"));
    String disk;
    try (JoinServiceNode node = member("worker-1")) {
      disk = node.disk;
    }
    try (var node = new JoinServiceNode(role.port(), "worker-1", spent, disk)) {
      assertUnavailable(() -> {
        if (call.equals("join")) {
          node.join(node.request(false));
        } else {
          node.rejoin(disk);
        }
      });
    }
    ObjectNode verdict = Json.child(Json.child(lastRecord(), "content"), "appraisal");
    var failed = new ArrayList<String>();
    for (var check : verdict.get("checks")) {
      if (check.get("outcome").stringValue().equals("failed")) {
        failed.add(check.get("subject").stringValue());
      }
    }
    assertEquals(List.of("PCR 15"), failed);
    try (var node = new JoinServiceNode(role.port(), "worker-1", evidence("worker-1"), disk)) {
      node.rejoin(disk);
    }
  }

  @Test
  void givesOneTicketPerConnection() {
    try (JoinServiceNode node = node("worker-1")) {
      node.join(node.request(false));
      assertRefused(
          Status.Code.FAILED_PRECONDITION, "connect again", () -> node.join(node.request(false)));
      assertRefused(Status.Code.FAILED_PRECONDITION, "connect again", () -> node.rejoin(node.disk));
    }
    try (JoinServiceNode again = node("worker-1")) {
      again.join(again.request(false));
    }
  }

  @Test
  void givesOneTicketToTwoCallsThatRace() throws Exception {
    try (JoinServiceNode node = member("worker-1");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> calls =
          IntStream.range(0, 10).mapToObj(_ -> threads.submit(() -> rejoins(node))).toList();
      int issued = 0;
      for (Future<Boolean> call : calls) {
        issued += call.get() ? 1 : 0;
      }
      assertEquals(1, issued);
    }
  }

  @Test
  void aRequestThatIsRefusedForItsFormDoesNotUseTheApprovalUp() throws Exception {
    try (JoinServiceNode node = member("worker-1")) {
      assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin("no"));
      node.rejoin(node.disk);
    }
  }

  @Test
  void refusesAnApprovalFromBeforeTheConfigurationChanged() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin("connects"));
      config.set(new Versioned<>(config.get().value(), 2));
      assertRefused(
          Status.Code.ABORTED,
          "configuration changed, connect again",
          () -> node.join(node.request(false)));
    }
    try (JoinServiceNode node = node("worker-1")) {
      node.join(node.request(false));
    }
  }

  @Test
  void aReloadDropsNoJoinInProgress() throws Exception {
    var asked = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    keys.set((id, length) -> {
      asked.countDown();
      await(go);
      return KEYS.dataKey(id, length);
    });
    try (JoinServiceNode node = member("worker-1");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<IssueRejoinTicketResponse> join = threads.submit(() -> node.rejoin(node.disk));
      await(asked);
      config.set(new Versioned<>(joinConfig("{}"), 2));
      go.countDown();
      assertEquals(key(node.disk), join.get().getStateDiskKey());
    }
  }

  @Test
  void aStopLetsAJoinInProgressEnd() throws Exception {
    var asked = new CountDownLatch(1);
    keys.set((id, length) -> {
      asked.countDown();
      pause();
      return KEYS.dataKey(id, length);
    });
    try (JoinServiceNode node = member("worker-1");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<IssueRejoinTicketResponse> join = threads.submit(() -> node.rejoin(node.disk));
      await(asked);
      role.close();
      assertEquals(key(node.disk), join.get().getStateDiskKey());
    }
  }

  private static boolean rejoins(JoinServiceNode node) {
    try {
      node.rejoin(node.disk);
      return true;
    } catch (StatusRuntimeException e) {
      assertEquals(Status.Code.FAILED_PRECONDITION, e.getStatus().getCode());
      return false;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private ObjectNode lastRecord() throws Exception {
    return Json.object("record", records().getLast());
  }

  private String lastEvent() {
    try {
      return Json.string(lastRecord(), "event");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
