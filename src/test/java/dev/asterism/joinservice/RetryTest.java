package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.testing.JoinServiceNode;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A node whose answer was lost asks again. */
class RetryTest extends JoinServiceFixture {
  private static final Duration VALIDITY = Approvals.VALIDITY;

  private IssueJoinTicketResponse ask(String machine, IssueJoinTicketRequest.Builder request) {
    try (JoinServiceNode node = node(machine, "worker-1")) {
      return node.join(request);
    }
  }

  @Test
  void theSameRequestOfTheSameMachineGetsTheSameAnswer() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      var request = node.request(false);
      IssueJoinTicketResponse first = node.join(request);
      assertFalse(records().getLast().contains("repeated"));
      assertEquals(first, ask("worker-1", request));
      assertTrue(records().getLast().contains("\"repeated\":true"), records().getLast());
      assertEquals(1, secrets(), "one token");
    }
  }

  /** A bootstrap that was started again has made itself new keys. */
  @Test
  void theSameTripleWithOtherKeysGetsTheSameTokenAndItsOwnCertificate() throws Exception {
    try (JoinServiceNode before = node("worker-1");
        JoinServiceNode after =
            new JoinServiceNode(role.port(), "worker-1", evidence("worker-1"), before.disk)) {
      IssueJoinTicketResponse first = before.join(before.request(false));
      IssueJoinTicketResponse second = after.join(after.request(false));
      assertEquals(first.getToken(), second.getToken());
      assertNotEquals(first.getKubeletCert(), second.getKubeletCert());
      assertEquals(1, secrets());
    }
  }

  @Test
  void anotherDiskIsAnotherTicketAndEndsTheTokenOfTheLast() throws Exception {
    try (JoinServiceNode before = node("worker-1");
        JoinServiceNode after = node("worker-1")) {
      assertNotEquals(
          before.join(before.request(false)).getToken(),
          after.join(after.request(false)).getToken());
      assertEquals(1, secrets());
    }
  }

  /** The very same while it is kept, then the same token with new certificates, then another. */
  @Test
  void anAnswerIsGivenAgainForAMinuteAndItsTokenForFive() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      var request = node.request(false);
      IssueJoinTicketResponse first = node.join(request);
      later.set(VALIDITY.minusSeconds(10));
      assertEquals(first, ask("worker-1", request));
      later.set(VALIDITY.plusSeconds(1));
      IssueJoinTicketResponse second = ask("worker-1", request);
      assertEquals(first.getToken(), second.getToken());
      assertNotEquals(first.getKubeletCert(), second.getKubeletCert());
      later.set(Duration.ofMinutes(5).plusSeconds(1));
      assertNotEquals(first.getToken(), ask("worker-1", request).getToken());
      assertEquals(1, secrets(), "one token");
    }
  }

  /** Another process, which has nothing in memory. */
  @Test
  void anotherJoinServiceGivesTheSameKeysAndTheSameToken() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      var request = node.request(false);
      IssueJoinTicketResponse first = node.join(request);
      role.close();
      role = another();
      IssueJoinTicketResponse second = ask("worker-1", request);
      assertEquals(
          first.toBuilder().clearKubeletCert().clearHostCertificate().build(),
          second.toBuilder().clearKubeletCert().clearHostCertificate().build());
      assertEquals(1, secrets(), "one token");
    }
  }

  @Test
  void anotherMachineWithTheSameRequestGetsNothing() {
    try (JoinServiceNode node = node("worker-1")) {
      var request = node.request(false);
      node.join(request);
      assertRefused(Status.Code.PERMISSION_DENIED, "another machine", () -> ask("thief", request));
    }
  }

  @Test
  void aMachineThatIsRevokedMeanwhileGetsNoAnswerAgain() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      var request = node.request(false);
      node.join(request);
      orders().revoke("worker-1", "");
      assertRefused(Status.Code.PERMISSION_DENIED, "revoked", () -> ask("worker-1", request));
    }
  }

  @Test
  void callsOfOneMachineThatRaceGetOneToken() throws Exception {
    try (JoinServiceNode node = node("worker-1");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var request = node.request(false).build();
      Future<IssueJoinTicketResponse> one =
          threads.submit(() -> ask("worker-1", request.toBuilder()));
      Future<IssueJoinTicketResponse> other =
          threads.submit(() -> ask("worker-1", request.toBuilder()));
      assertEquals(one.get(), other.get());
      assertEquals(1, secrets());
    }
  }

  @Test
  void aProofCountsForAMinute() throws Exception {
    try (JoinServiceNode node = member("worker-1")) {
      assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin("connects"));
      later.set(VALIDITY.plusSeconds(1));
      assertRefused(
          Status.Code.FAILED_PRECONDITION, "older than 60 s", () -> node.rejoin(node.disk));
      String refusal = records().getLast();
      assertTrue(refusal.contains("\"akKey\""), refusal);
      assertTrue(refusal.contains("\"generation\""), refusal);
      later.set(Duration.ZERO.minusSeconds(60));
      assertRefused(Status.Code.FAILED_PRECONDITION, "connect again", () -> node.rejoin(node.disk));
      later.set(VALIDITY.minusSeconds(30));
      node.rejoin(node.disk);
    }
  }
}
