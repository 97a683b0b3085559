package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.Json;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/**
 * A node that asks again and again does not fill the disk, and its ticket is on record with all.
 */
class RepeatedRecordsTest extends JoinServiceFixture {
  private static final int TRIES = 12;

  private List<ObjectNode> recorded(String event) throws Exception {
    var found = new ArrayList<ObjectNode>();
    for (String line : records()) {
      ObjectNode record = Json.object("record", line);
      if (Json.string(record, "event").equals(event)) {
        found.add(Json.child(record, "content"));
      }
    }
    return found;
  }

  @Test
  void refusalsAreCountedButATicketHasItsVerdict() throws Exception {
    admission("{\"controlPlanes\": {\"mode\": \"approval\"}}");
    IssueJoinTicketRequest request;
    try (JoinServiceNode node = node("cp-1")) {
      request = node.request(true).build();
    }
    for (int i = 0; i < TRIES; i++) {
      try (JoinServiceNode node = node("cp-1")) {
        assertRefused(
            Status.Code.UNAVAILABLE, "waits for approval", () -> node.join(request.toBuilder()));
      }
    }
    int alone = recorded("ticket-refused").size();
    assertTrue(alone < TRIES, () -> alone + " of " + TRIES);
    assertEquals(alone, recorded("verdict").size());
    orders().approve("cp-1", "");
    try (JoinServiceNode node = node("cp-1")) {
      node.join(request.toBuilder());
    }
    ObjectNode issued = recorded("ticket-issued").getFirst();
    assertEquals("accepted", issued.at("/appraisal/verdict").asString());
    assertFalse(issued.at("/appraisal/checks").isEmpty());
    stop();
    ObjectNode counted = recorded("repeated").getFirst();
    long times = 0;
    for (var kind : counted.get("kinds")) {
      assertEquals("127.0.0.1", kind.get("peer").asString());
      assertEquals(identity("cp-1"), kind.get("identity").asString());
      times += kind.get("count").longValue();
    }
    assertEquals(2 * (TRIES - alone) + 1, times);
  }

  @Test
  void aTicketWhoseVerdictIsOnRecordDoesNotRepeatIt() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      node.join(node.request(false));
    }
    assertEquals("accepted", recorded("verdict").getFirst().get("decision").asString());
    ObjectNode issued = recorded("ticket-issued").getFirst();
    assertEquals("issued", issued.get("decision").asString());
    assertFalse(issued.has("appraisal"));
  }
}
