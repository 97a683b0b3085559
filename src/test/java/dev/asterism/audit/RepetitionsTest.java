package dev.asterism.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class RepetitionsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Repetitions repetitions = new Repetitions(nanos::get, Logs.CLOCK);

  private void later(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  private static Repetition by(String peer, String reason) {
    return new Repetition(peer, "", reason);
  }

  private int byThemselves(int times, String peer, String reason) {
    int count = 0;
    for (int i = 0; i < times; i++) {
      count += repetitions.byItself("refused", by(peer, reason)) ? 1 : 0;
    }
    return count;
  }

  @Test
  void oneReasonOfOnePeerIsOnRecordAFewTimesAndThenCounted() {
    assertEquals(Repetitions.PER_KIND, byThemselves(100, "192.0.2.1:1", "bad"));
    assertEquals(Repetitions.PER_KIND, byThemselves(100, "192.0.2.1:2", "worse"));
    assertEquals(Repetitions.PER_KIND, byThemselves(100, "192.0.2.2:1", "bad"));
    later(Repetitions.WINDOW);
    assertEquals(Repetitions.PER_KIND, byThemselves(100, "192.0.2.1:3", "bad"));
  }

  @Test
  void whoInventsReasonsHasAnAllowanceToo() {
    int count = 0;
    for (int i = 0; i < 1000; i++) {
      count += byThemselves(1, "192.0.2.1:1", "reason " + i);
    }
    assertEquals(Repetitions.PER_PEER, count);
    assertEquals(1, byThemselves(1, "192.0.2.2:1", "reason"));
  }

  @Test
  void manyPeersTogetherHaveOneThatRefillsSlowly() {
    assertEquals(Repetitions.BURST, manyPeers(1));
    assertEquals(0, manyPeers(2));
    later(Repetitions.REFILL.multipliedBy(3));
    assertEquals(3, manyPeers(3));
  }

  @Test
  void whatStrangersDoTakesNothingFromOtherEvents() {
    manyPeers(1);
    byThemselves(2 * Repetitions.PER_PEER, "192.0.2.1:1", "bad");
    assertTrue(repetitions.byItself("ticket-refused", by("192.0.2.1:1", "another's disk")));
    for (int i = 0; i < Repetitions.PER_KIND; i++) {
      repetitions.byItself("ticket-refused", by("192.0.2.1:1", "another's disk"));
    }
    ObjectNode summary = repetitions.due(true).orElseThrow().toJson();
    assertEquals(1, named(summary, "192.0.2.1", "another's disk"));
  }

  @Test
  void onePeerDoesNotHideAnother() {
    for (int i = 0; i < 1000; i++) {
      repetitions.byItself("refused", by("192.0.2.1:1", "reason " + i));
    }
    byThemselves(Repetitions.PER_KIND + 1, "192.0.2.2:1", "bad");
    assertEquals(1, named(repetitions.due(true).orElseThrow().toJson(), "192.0.2.2", "bad"));
  }

  private static int named(ObjectNode summary, String peer, String reason) {
    int found = 0;
    for (var kind : summary.get("kinds")) {
      boolean same =
          kind.get("peer").asString().equals(peer) && kind.get("reason").asString().equals(reason);
      found += same ? kind.get("count").intValue() : 0;
    }
    return found;
  }

  private int manyPeers(int net) {
    int count = 0;
    for (int i = 0; i < 10_000; i++) {
      count += byThemselves(1, "10." + net + "." + i / 256 + "." + i % 256 + ":1", "bad");
    }
    return count;
  }

  @Test
  void countsComeOutOnceAMinuteAndNameWhatTheyAreOf() {
    byThemselves(10, "192.0.2.1:1", "bad");
    assertTrue(repetitions.due(false).isEmpty());
    later(Repetitions.SUMMARY);
    ObjectNode summary = repetitions.due(false).orElseThrow().toJson();
    assertEquals(
        "{\"kinds\":[{\"event\":\"refused\",\"peer\":\"192.0.2.1\",\"reason\":\"bad\",\"count\":2,"
            + "\"first\":\"2026-03-01T10:20:30.000Z\",\"last\":\"2026-03-01T10:20:30.000Z\"}]}",
        Json.line(summary));
    assertTrue(repetitions.due(true).isEmpty());
  }

  @Test
  void aSummaryNamesSoManyKindsAndIsOneBoundedLine() {
    for (String event : List.of("verdict", "rejected", "ticket-refused")) {
      for (int i = 0; i < 100 * Repetitions.PER_KIND; i++) {
        repetitions.byItself(event, by("192.0.2." + i % 100, "\u0001".repeat(1000)));
      }
      repetitions.byItself(event, by("192.0.2.1", "\u0001".repeat(1000)));
    }
    ObjectNode summary = repetitions.due(true).orElseThrow().toJson();
    assertEquals(3 * Repetitions.MAX_NAMED, summary.get("kinds").size());
    assertTrue(summary.at("/others/0/count").intValue() > 0);
    assertEquals(Json.line(summary), Shortening.line(summary));
  }

  @Test
  void whatCouldNotBeWrittenIsInTheNextSummary() {
    byThemselves(10, "a", "bad");
    Repetitions.Summary first = repetitions.due(true).orElseThrow();
    byThemselves(3, "a", "bad");
    repetitions.giveBack(first);
    assertEquals(5, repetitions.due(true).orElseThrow().toJson().at("/kinds/0/count").intValue());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1:4711, 192.0.2.1",
    "192.0.2.1, 192.0.2.1",
    "[2001:db8:1:2:3:4:5:6]:4711, 2001:db8:1:2:0:0:0:0/64",
    "[2001:db8:1:2::9]:1, 2001:db8:1:2:0:0:0:0/64",
    "2001:db8:1:2::9, 2001:db8:1:2:0:0:0:0/64",
    "unknown, unknown",
    "[x]:1, x",
    "a:b:c, a:b:c",
  })
  void aPeerIsItsAddressWithoutThePort(String text, String peer) {
    assertEquals(peer, by(text, "").peer());
  }

  @Test
  void closingWritesWhatWasCounted() throws Exception {
    var out = new ByteArrayOutputStream();
    try (AuditLog log = AuditLog.to(out, Logs.CLOCK)) {
      for (int i = 0; i < Repetitions.PER_KIND + 5; i++) {
        boolean byItself = i < Repetitions.PER_KIND;
        assertEquals(
            byItself, log.appendOrCount("refused", by("192.0.2.1:1", "bad"), Json::newObject));
      }
      log.append("ticket-issued", Json.newObject());
    }
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(Repetitions.PER_KIND + 2, lines.size());
    ObjectNode last = Json.object("line", lines.getLast());
    assertEquals("repeated", Json.string(last, "event"));
    assertEquals(5, last.at("/content/kinds/0/count").intValue());
    assertFalse(lines.getFirst().contains("repeated"));
  }
}
