package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.Identifier;
import dev.asterism.audit.AuditLog;
import dev.asterism.keys.KeyException;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.ForgedRequests;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What is refused, what is said of it, and what is kept. */
class JoinRefusalTest extends JoinServiceFixture {
  @Test
  void refusesDiskUuidsThatCouldNameAnotherKey() {
    try (JoinServiceNode node = node("worker-1")) {
      for (String uuid :
          List.of(
              "",
              "measurementSecret",
              "ca_emergency_ssh",
              node.disk.toUpperCase(java.util.Locale.ROOT),
              node.disk + "\n",
              node.disk.replace("-", ""),
              "{" + node.disk + "}")) {
        assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin(uuid));
        assertRefused(
            Status.Code.INVALID_ARGUMENT,
            "disk_uuid",
            () -> node.join(node.request(false).setDiskUuid(uuid)));
      }
    }
  }

  @Test
  void refusesCertificateRequestsThatAreNoKubelets() {
    try (JoinServiceNode node = node("worker-1")) {
      for (Bytes csr :
          List.of(
              Bytes.EMPTY,
              Bytes.ofUtf8("hello"),
              ForgedRequests.withSubject(node.kubelet, "CN=system:node:a,O=system:masters"),
              ForgedRequests.withSubject(node.kubelet, "CN=kubernetes-admin,O=system:nodes"))) {
        IssueJoinTicketRequest.Builder request =
            node.request(false).setCertificateRequest(ByteString.copyFrom(csr.toArray()));
        assertRefused(
            Status.Code.INVALID_ARGUMENT, "certificate_request", () -> node.join(request));
      }
    }
  }

  @Test
  void tellsTheNodeToTryAgainWhileTheKeyServiceIsAway() throws Exception {
    keys.set((id, length) -> {
      throw new KeyException(KeyException.Reason.UNAVAILABLE, "10.1.2.3 does not answer");
    });
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(Status.Code.UNAVAILABLE, "try again", () -> node.join(node.request(false)));
    }
    try (JoinServiceNode node = member("worker-1")) {
      String told =
          assertRefused(Status.Code.UNAVAILABLE, "try again", () -> node.rejoin(node.disk));
      assertFalse(told.contains("10.1.2.3"), told);
    }
    keys.set(KEYS);
    try (JoinServiceNode node = node("worker-1")) {
      node.join(node.request(false));
    }
  }

  @Test
  void tellsTheNodeToTryAgainWhileTheClusterIsAway() throws Exception {
    Files.delete(folder.resolve("cp-0/etc/kubernetes/admin.conf"));
    try (JoinServiceNode node = node("worker-1")) {
      String told =
          assertRefused(Status.Code.UNAVAILABLE, "try again", () -> node.join(node.request(false)));
      assertFalse(told.contains(folder.toString()), told);
    }
  }

  @Test
  void recordsEveryVerdictAndDecisionAndNoSecret() throws Exception {
    IssueJoinTicketResponse ticket;
    JoinServiceNode node = node("worker-1");
    try (node) {
      ticket = node.join(node.request(false));
      assertThrows(StatusRuntimeException.class, () -> node.rejoin(node.disk));
    }
    List<String> records = records();
    assertEquals(3, records.size());
    ObjectNode verdict = Json.child(Json.object("verdict", records.get(0)), "content");
    assertTrue(Json.string(verdict, "peer").startsWith("127.0.0.1:"), "the peer's address");
    assertEquals(1, verdict.get("generation").intValue());
    assertEquals("accepted", Json.string(Json.child(verdict, "appraisal"), "verdict"));
    ObjectNode issued = Json.child(Json.object("issued", records.get(1)), "content");
    assertEquals("join", Json.string(issued, "ticket"));
    assertEquals("worker-1", Json.string(issued, "node"));
    assertEquals(
        FakePlatform.machine("worker-1").get(Identifier.AK_KEY),
        Json.string(Json.child(issued, "identity"), "akKey"));
    assertEquals("[\"" + node.ip + "\"]", Json.line(issued.get("addresses")));
    assertEquals(
        "[\"worker-1\",\"" + node.ip + "\",\"api.example.com\"]",
        Json.line(issued.get("principals")));
    assertEquals(
        "{\"identity\":\"" + identity("worker-1") + "\",\"state\":\"admitted\"}",
        Json.line(issued.get("admission")));
    assertEquals(ticket.getToken().substring(0, 6), Json.string(issued, "token"));
    ObjectNode refused = Json.child(Json.object("refused", records.get(2)), "content");
    assertEquals("FAILED_PRECONDITION", Json.string(refused, "code"));
    String all = String.join("\n", records);
    assertFalse(all.contains(ticket.getToken()), "the token");
    Bytes diskKey = Bytes.of(ticket.getStateDiskKey().toByteArray());
    assertFalse(all.contains(diskKey.hex()) || all.contains(diskKey.base64()), "a key");
  }

  @Test
  void issuesNothingThatCannotBeRecorded() throws Exception {
    try (JoinServiceNode node = member("worker-1")) {
      assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin("connects"));
      audit.close();
      assertRefused(Status.Code.UNAVAILABLE, "recorded", () -> node.rejoin(node.disk));
    }
    try (JoinServiceNode node = node("worker-1")) {
      assertUnavailable(() -> node.rejoin(node.disk));
    }
  }

  @Test
  void aTicketWhoseRecordFailedIsOnRecordAsRefused() throws Exception {
    var disk =
        new ByteArrayOutputStream() {
          @Override
          public void write(byte[] lines) throws IOException {
            if (new String(lines, StandardCharsets.UTF_8).contains("\"ticket-issued\"")) {
              throw new IOException("the disk is full");
            }
            super.write(lines);
          }
        };
    stop();
    audit = AuditLog.to(disk, clock);
    role = another();
    try (JoinServiceNode node = member("worker-1")) {
      assertRefused(Status.Code.UNAVAILABLE, "recorded", () -> node.rejoin(node.disk));
    }
    String last = disk.toString(StandardCharsets.UTF_8).lines().toList().getLast();
    ObjectNode record = Json.object("record", last);
    assertEquals("ticket-refused", Json.string(record, "event"));
    assertEquals("refused", Json.string(Json.child(record, "content"), "decision"));
  }

  @Test
  void countsTicketsAndVerdicts() throws Exception {
    try (JoinServiceNode node = member("worker-1")) {
      node.rejoin(node.disk);
      assertThrows(StatusRuntimeException.class, () -> node.rejoin(node.disk));
    }
    String text = metrics.scrape();
    for (String line :
        List.of(
            "asterism_join_tickets_total{kind=\"rejoin\",status=\"OK\"} 1.0",
            "asterism_join_tickets_total{kind=\"rejoin\",status=\"FAILED_PRECONDITION\"} 1.0",
            "asterism_join_verdicts_total{verdict=\"accepted\"} 1.0",
            "asterism_join_verification_seconds_count 1",
            "asterism_join_ticket_seconds_count{kind=\"rejoin\"} 2")) {
      assertTrue(text.contains(line), text);
    }
  }
}
