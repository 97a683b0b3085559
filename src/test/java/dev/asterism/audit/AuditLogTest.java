package dev.asterism.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class AuditLogTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-01T10:20:30Z"));
  private static final String ZEROS = "0".repeat(64);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("audit.jsonl");
  }

  @Test
  void writesOneLineForEachRecord() throws Exception {
    try (var log = new AuditLog(file, CLOCK)) {
      log.append("ticket", Json.newObject().put("node", "a\nb"));
      String body =
          "{\"sequence\":1,\"time\":\"2026-03-01T10:20:30.000Z\",\"event\":\"ticket\","
              + "\"content\":{\"node\":\"a\\nb\"},\"previous\":\""
              + ZEROS
              + "\"";
      assertEquals(body + ",\"hash\":\"" + digest(body) + "\"}\n", Files.readString(file));
    }
  }

  @Test
  void saysWhereItEnds() throws Exception {
    AuditHead end;
    try (var log = new AuditLog(file, CLOCK)) {
      assertEquals(AuditHead.START, log.head());
      log.append("one", Json.newObject());
      log.append("two", Json.newObject());
      end = log.head();
    }
    assertEquals(2, end.sequence());
    assertTrue(Files.readString(file).endsWith("\"hash\":\"" + end.hash().hex() + "\"}\n"));
    try (var log = new AuditLog(file, CLOCK)) {
      assertEquals(end, log.head());
    }
  }

  @Test
  void isForTheOwnerOnly() throws Exception {
    Files.writeString(file, "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    new AuditLog(file, CLOCK).close();
    assertEquals(AtomicFile.PRIVATE, Files.getPosixFilePermissions(file));
    Path other = folder.resolve("new.jsonl");
    new AuditLog(other, CLOCK).close();
    assertEquals(AtomicFile.PRIVATE, Files.getPosixFilePermissions(other));
  }

  @Test
  void continuesAfterAReopen() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (var log = new AuditLog(file, CLOCK)) {
        log.append("start", Json.newObject().put("i", i));
      }
    }
    assertEquals(3, Files.readAllLines(file).size());
    assertAllChained();
  }

  @Test
  void aLongRecordIsShortenedAndSaysSo() throws Exception {
    try (var log = new AuditLog(file, CLOCK)) {
      log.append("first", Json.newObject());
      log.append("long", Json.newObject().put("text", "ä".repeat(200_000)).put("peer", "p"));
    }
    try (var log = new AuditLog(file, CLOCK)) {
      log.append("next", Json.newObject());
    }
    ObjectNode content =
        Json.child(Json.object("line", Files.readAllLines(file).get(1)), "content");
    assertEquals("p", Json.string(content, "peer"));
    assertEquals(400_022, content.at("/shortened/bytes").intValue());
    assertAllChained();
  }

  @Test
  void keepsLinesWholeAmongThreads() throws Exception {
    try (var log = new AuditLog(file, CLOCK);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        ObjectNode content = Json.newObject().put("i", i).put("text", "x".repeat(i * 50));
        threads.submit(() -> {
          log.append("event", content);
          return null;
        });
      }
    }
    var seen = new HashSet<Integer>();
    for (String line : Files.readAllLines(file)) {
      seen.add(Json.child(Json.object("line", line), "content").get("i").intValue());
    }
    assertEquals(100, seen.size());
    assertAllChained();
  }

  @Test
  void outlivesAnInterruptedThread() throws Exception {
    try (var log = new AuditLog(file, CLOCK)) {
      Thread.currentThread().interrupt();
      log.append("interrupted", Json.newObject());
      assertTrue(Thread.interrupted());
      log.append("later", Json.newObject());
    }
    assertEquals(2, Files.readAllLines(file).size());
  }

  @Test
  void refusesASecondWriter() throws Exception {
    try (var log = new AuditLog(file, CLOCK)) {
      var refusal = assertThrows(IOException.class, () -> new AuditLog(file, CLOCK));
      assertTrue(refusal.getMessage().contains(file.toString()));
      log.append("still", Json.newObject());
    }
    new AuditLog(file, CLOCK).close();
  }

  @Test
  void failsLoudlyOnceClosed() throws Exception {
    var log = new AuditLog(file, CLOCK);
    log.close();
    assertThrows(IOException.class, () -> log.append("late", Json.newObject()));
  }

  @Test
  void writesTheSameLinesOnAStreamAndLeavesItOpen() throws Exception {
    try (var out = Files.newOutputStream(file)) {
      try (var log = AuditLog.to(out, CLOCK)) {
        log.append("one", Json.newObject());
        log.append("two", Json.newObject());
      }
      out.write('\n');
    }
    assertEquals(Finding.Kind.NOT_A_RECORD, Logs.verify(file).findings().getFirst().kind());
    assertEquals(2, Logs.verify(file).records());
  }

  @Test
  void saysSoWhereItsFolderIsMissing() {
    Path lost = folder.resolve("missing/audit.jsonl");
    assertThrows(IOException.class, () -> new AuditLog(lost, CLOCK));
  }

  private void assertAllChained() throws Exception {
    AuditReport report = Logs.verify(file);
    assertTrue(report.intact(), () -> report.findings().toString());
  }

  private static String digest(String line) {
    return Digests.SHA256.of(Bytes.ofUtf8(line)).hex();
  }
}
