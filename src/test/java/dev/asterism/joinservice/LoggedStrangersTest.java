package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.audit.AuditLog;
import dev.asterism.metrics.Metrics;
import dev.asterism.testing.CapturedLog;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.wire.Bytes;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Strangers do not fill the operator's log, whatever they send and however often. */
class LoggedStrangersTest {
  private static final int TIMES = 1000;

  /** A hundred at once, two in each second; a slow machine has some. */
  private static final int LINES = 150;

  /** What a stranger may say in one, and what is ours. */
  private static final int LONGEST = 800;

  private static final String LONG = "x".repeat(60_000);

  @TempDir private Path folder;
  private AuditLog audit;
  private Records records;

  @BeforeEach
  void open() throws Exception {
    audit = new AuditLog(folder.resolve("audit.log"), InstantSource.system());
    records = new Records(audit, new JoinMetrics(new Metrics()));
  }

  @AfterEach
  void close() {
    audit.close();
  }

  private static void assertFewAndShort(CapturedLog log, String peer) {
    assertTrue(log.lines().size() <= LINES, () -> log.lines().size() + " lines");
    log.lines().forEach(line -> assertTrue(line.length() <= LONGEST, line));
    String first = log.lines().getFirst();
    assertTrue(first.contains(peer) && first.contains("xxx…"), first);
  }

  @Test
  void byCertificatesWithoutEvidence() {
    try (var log = new CapturedLog()) {
      for (int i = 0; i < TIMES; i++) {
        records.rejected("192.0.2.1:4711", LONG);
      }
      assertFewAndShort(log, "192.0.2.1:4711");
    }
  }

  @Test
  void byEvidenceThatIsRefused() {
    try (var log = new CapturedLog()) {
      for (int i = 0; i < TIMES; i++) {
        records.appraised("192.0.2.1:4711", refused(), 1);
      }
      assertFewAndShort(log, "192.0.2.1:4711");

      records.appraised("192.0.2.2:4711", accepted(), 1);
      String last = log.lines().getLast();
      assertTrue(last.contains("192.0.2.2:4711: accepted"), last);
    }
  }

  @Test
  void byEvidenceThatIsAccepted() {
    try (var log = new CapturedLog()) {
      for (int i = 0; i < TIMES; i++) {
        records.appraised("192.0.2.1:4711", accepted(), 1);
      }
      assertTrue(log.lines().size() <= LINES, () -> log.lines().size() + " lines");
    }
  }

  private static Appraisal refused() {
    var check = new CheckId("test.check", Stage.PARSE);
    var checklist = new Checklist(List.of(check));
    checklist.fail(check, LONG);
    Appraisal appraisal = checklist.conclude(null);
    assertFalse(appraisal.accepted());
    return appraisal;
  }

  private static Appraisal accepted() {
    Bytes some = Bytes.zeros(32);
    Appraisal appraisal =
        DummyEvidence.verifier(Variant.QEMU_VTPM)
            .verify(DummyEvidence.document(some, some), new Challenge(some, some, Instant.now()));
    assertEquals("accepted", appraisal.verdict().id());
    return appraisal;
  }
}
