package dev.asterism.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.audit.AuditFaults.Step;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rotation, and whatever happens to files. */
class AuditFilesTest {
  /** Four of the records below. */
  private static final Rotation SMALL = new Rotation(1000, Rotation.ALL);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("audit.jsonl");
  }

  private void fill(Rotation rotation, int from, int to) throws IOException {
    try (AuditLog log = Logs.open(file, rotation, AuditFaults.NONE)) {
      for (int i = from; i < to; i++) {
        append(log, i);
      }
    }
  }

  private static void append(AuditLog log, int i) throws IOException {
    log.append("event", Json.newObject().put("i", i));
  }

  private void assertHolds(int... wanted) throws IOException {
    AuditReport report = Logs.verify(folder);
    assertTrue(report.intact(), () -> report.findings().toString());
    assertEquals(
        Arrays.stream(wanted).boxed().toList(),
        Logs.records(folder).stream()
            .filter(record -> record.event().equals("event"))
            .map(record -> record.content().get("i").intValue())
            .toList());
  }

  @Test
  void aFullFileGetsTheNumberOfItsLastRecordAndTheNextOneNamesIt() throws Exception {
    fill(SMALL, 0, 6);
    fill(SMALL, 6, 9);
    assertHolds(0, 1, 2, 3, 4, 5, 6, 7, 8);
    List<Path> full = Logs.full(folder);
    assertTrue(full.size() >= 2, full::toString);
    assertEquals("audit.jsonl.000000000004", String.valueOf(full.getFirst().getFileName()));
    AuditRecord fifth = Logs.records(folder).get(4);
    assertEquals("log-continued", fifth.event());
    assertEquals("audit.jsonl.000000000004", Json.string(fifth.content(), "file"));
    for (Path each : full) {
      assertTrue(Files.size(each) <= SMALL.bytes());
      assertEquals(AtomicFile.PRIVATE, Files.getPosixFilePermissions(each));
    }
  }

  @Test
  void onlyTheNewestFullFilesAreKeptAndWhatWasRemovedIsOnRecord() throws Exception {
    fill(new Rotation(1000, 2), 0, 20);
    assertEquals(2, Logs.full(folder).size());
    AuditReport report = Logs.verify(folder);
    assertTrue(report.intact(), () -> report.findings().toString());
    assertTrue(report.first() > 1);
    assertTrue(
        report
            .notes()
            .contains(
                "records 1 to "
                    + (report.first() - 1)
                    + " were in full files that the writer removed"),
        () -> report.notes().toString());
  }

  @Test
  void aFileThatIsAskedToKeepNoneStillContinues() throws Exception {
    fill(new Rotation(1000, 0), 0, 20);
    assertEquals(List.of(), Logs.full(folder));
    assertTrue(Logs.verify(folder).intact());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 200})
  void aLineThatACrashCutShortIsKeptBesideAndOnRecord(int cut) throws Exception {
    fill(Rotation.DEFAULT, 0, 2);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - cut));
    fill(Rotation.DEFAULT, 2, 3);
    assertHolds(0, 2);
    Path aside = folder.resolve("audit.jsonl.torn-000000000001");
    int second = whole.length / 2;
    assertTrue(
        Arrays.equals(
            Arrays.copyOfRange(whole, second, whole.length - cut), Files.readAllBytes(aside)));
    AuditRecord torn = Logs.records(folder).get(1);
    assertEquals("log-torn", torn.event());
    assertEquals(whole.length - second - cut, torn.content().get("bytes").intValue());
    Files.writeString(aside, "something else");
    assertEquals(Finding.Kind.CHANGED, Logs.verify(folder).findings().getFirst().kind());
  }

  @Test
  void twoCrashesBehindTheSameRecordKeepBothLines() throws Exception {
    fill(Rotation.DEFAULT, 0, 1);
    for (String torn : List.of("{\"first", "{\"second", "{\"first")) {
      Files.writeString(file, torn, StandardOpenOption.APPEND);
      Logs.open(file, Rotation.DEFAULT, AuditFaults.NONE).close();
    }
    fill(Rotation.DEFAULT, 1, 2);
    assertEquals(List.of("event", "log-torn", "log-torn", "event"), Logs.events(folder));
    assertHolds(0, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"not json\n", "\n\n", "{}\n"})
  void wholeLinesThatAreNoRecordsStayWhereTheyAreAndAreFound(String text) throws Exception {
    fill(Rotation.DEFAULT, 0, 1);
    Files.writeString(file, text, StandardOpenOption.APPEND);
    fill(Rotation.DEFAULT, 1, 2);
    assertEquals(
        List.of(1L, 2L), Logs.records(folder).stream().map(AuditRecord::sequence).toList());
    AuditReport report = Logs.verify(folder);
    assertEquals(text.lines().count(), report.findingCount());
    assertEquals(Finding.Kind.NOT_A_RECORD, report.findings().getFirst().kind());
    assertEquals(2, report.findings().getFirst().line());
  }

  @Test
  void aRestartDoesNotHideThatTheLastRecordWasChanged() throws Exception {
    fill(Rotation.DEFAULT, 0, 2);
    Files.writeString(file, Files.readString(file).replace("\"i\":1", "\"i\":7"));
    fill(Rotation.DEFAULT, 2, 3);
    AuditReport report = Logs.verify(folder);
    assertEquals(Finding.Kind.CHANGED, report.findings().getFirst().kind());
    assertEquals(2, report.findings().getFirst().line());
  }

  @Test
  void aDiskThatIsFullFailsTheCallAndLeavesNoBrokenLine() throws Exception {
    var full = new AtomicBoolean();
    AuditFaults disk =
        Logs.at(
            Step.WRITTEN,
            _ -> {
              if (full.get()) {
                try (var half = new RandomAccessFile(file.toFile(), "rw")) {
                  half.setLength(half.length() - 40);
                }
                throw new IOException("No space left on device");
              }
            });
    try (AuditLog log = Logs.open(file, Rotation.DEFAULT, disk)) {
      append(log, 0);
      full.set(true);
      for (int i = 1; i < 4; i++) {
        int lost = i;
        var failure = assertThrows(IOException.class, () -> append(log, lost));
        assertTrue(failure.getMessage().contains("No space left on device"), failure::toString);
      }
      full.set(false);
      append(log, 4);
    }
    assertHolds(0, 4);
    AuditRecord recovered = Logs.records(folder).get(1);
    assertEquals("log-recovered", recovered.event());
    assertEquals(3, recovered.content().get("lost").intValue());
    assertEquals("No space left on device", Json.string(recovered.content(), "reason"));
  }

  @ParameterizedTest
  @EnumSource(names = {"RENAMED", "CREATED", "WRITTEN", "REMOVAL_RECORDED", "REMOVED"})
  void aDiskThatFailsAtAnyStepOfARotationLosesNothingThatIsOnRecord(Step step) throws Exception {
    var failing = new AtomicBoolean();
    AuditFaults disk =
        Logs.at(
            step,
            _ -> {
              if (failing.getAndSet(false)) {
                throw new IOException("broken");
              }
            });
    var kept = new java.util.ArrayList<Integer>();
    try (AuditLog log = Logs.open(file, new Rotation(1000, 1), disk)) {
      for (int i = 0; i < 12; i++) {
        failing.set(i % 3 == 2);
        try {
          append(log, i);
          kept.add(i);
        } catch (IOException e) {
          assertTrue(e.getMessage().contains("broken"), e::toString);
        }
      }
      failing.set(false);
      append(log, 12);
      kept.add(12);
    }
    AuditReport report = Logs.verify(folder);
    assertTrue(report.intact(), () -> report.findings().toString());
    List<Integer> there =
        Logs.records(folder).stream()
            .filter(record -> record.event().equals("event"))
            .map(record -> record.content().get("i").intValue())
            .toList();
    assertEquals(kept.subList(kept.size() - there.size(), kept.size()), there);
  }

  @Test
  void aFolderThatWasNeverThereIsNamed() {
    Path nowhere = folder.resolve("none/audit.jsonl");

    var missing =
        assertThrows(IOException.class, () -> new AuditLog(nowhere, InstantSource.system()));

    assertEquals(
        "the folder of the audit log " + nowhere + " does not exist: make it, or name another file",
        missing.getMessage());
  }

  @Test
  void aFolderThatIsGoneFailsTheCallUntilItIsBack() throws Exception {
    Path place = Files.createDirectory(folder.resolve("mount"));
    Path away = folder.resolve("away");
    try (AuditLog log = Logs.open(place.resolve("a.jsonl"), SMALL, AuditFaults.NONE)) {
      append(log, 0);
      Files.move(place, away);
      assertThrows(IOException.class, () -> append(log, 1));
      Files.move(away, place);
      append(log, 2);
    }
    assertTrue(Logs.verify(place).intact());
    assertEquals(List.of("event", "log-recovered", "event"), Logs.events(place));
  }

  @Test
  void aFileThatWasRemovedUnderTheWriterIsFoundMissing() throws Exception {
    try (AuditLog log = Logs.open(file, Rotation.DEFAULT, AuditFaults.NONE)) {
      append(log, 0);
      Files.delete(file);
      append(log, 1);
      append(log, 2);
    }
    assertEquals(List.of("log-continued", "log-recovered", "event", "event"), Logs.events(folder));
    AuditReport report = Logs.verify(folder);
    assertEquals(1, report.findingCount());
    assertEquals(Finding.Kind.MISSING, report.findings().getFirst().kind());
  }

  @Test
  void linesThatSomebodyElseWroteAreFound() throws Exception {
    try (AuditLog log = Logs.open(file, SMALL, AuditFaults.NONE)) {
      append(log, 0);
      Files.writeString(file, "hello\n", StandardOpenOption.APPEND);
      append(log, 1);
    }
    AuditReport report = Logs.verify(folder);
    assertEquals(1, report.findingCount());
    assertEquals(2, report.findings().getFirst().line());
    assertFalse(report.intact());
  }

  @Test
  void aLockThatSomebodyRemovedIsTakenAgainAfterAFailure() throws Exception {
    var failing = new AtomicBoolean();
    AuditFaults disk =
        Logs.at(
            Step.WRITTEN,
            _ -> {
              if (failing.getAndSet(false)) {
                throw new IOException("broken");
              }
            });
    try (AuditLog log = Logs.open(file, SMALL, disk)) {
      append(log, 0);
      Files.delete(folder.resolve("audit.jsonl.lock"));
      failing.set(true);
      assertThrows(IOException.class, () -> append(log, 1));
      append(log, 2);
      assertThrows(IOException.class, () -> Logs.open(file, SMALL, AuditFaults.NONE));
    }
    assertHolds(0, 2);
  }
}
