package dev.asterism.audit;

import dev.asterism.audit.AuditFaults.Step;
import dev.asterism.testing.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Logs as tests make and read them. */
final class Logs {
  static final TestClock CLOCK = new TestClock(Instant.parse("2026-03-01T10:20:30Z"));

  private Logs() {}

  /** With small files, which die or fail as {@code faults} says. */
  static AuditLog open(Path file, Rotation rotation, AuditFaults faults) throws IOException {
    return new AuditLog(AuditFiles.open(file, rotation, CLOCK, faults), System::nanoTime, CLOCK);
  }

  static AuditFaults at(Step step, AuditFaults faults) {
    return now -> {
      if (now == step) {
        faults.reached(now);
      }
    };
  }

  /** Of one file, or of the only log in a folder. */
  static AuditReport verify(Path place) throws IOException {
    return AuditVerification.verify(
        AuditLogs.find(List.of(place)).getFirst(), Set.of(), new HashSet<>());
  }

  /** All records in order, of the log's only folder. */
  static List<AuditRecord> records(Path folder) throws IOException {
    var records = new ArrayList<AuditRecord>();
    for (Path file : AuditLogs.find(List.of(folder)).getFirst().files()) {
      AuditReader.read(file, records::add);
    }
    return records;
  }

  static List<String> events(Path folder) throws IOException {
    return records(folder).stream().map(AuditRecord::event).toList();
  }

  /** The full files, the oldest first. */
  static List<Path> full(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> AuditNames.logOf(file).isPresent()).sorted().toList();
    }
  }
}
