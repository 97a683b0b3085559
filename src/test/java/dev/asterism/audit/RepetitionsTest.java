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
    for (int i = 0; i < 100; i++) {
      repetitions.byItself("refused", by("p", "\"\\\n".repeat(500) + i));
      byThemselves(Repetitions.PER_KIND + 1, "192.0.2." + i, "\u0001".repeat(1000));
    }
    ObjectNode summary = repetitions.due(true).orElseThrow().toJson();
    assertEquals(Repetitions.MAX_NAMED, summary.get("kinds").size());
    assertTrue(summary.at("/others/0/count").intValue() > 0);
    assertTrue(Shortening.line(summary).length() <= Shortening.MAX_CONTENT);
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
