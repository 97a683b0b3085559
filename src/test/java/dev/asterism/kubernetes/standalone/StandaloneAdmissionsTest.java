package dev.asterism.kubernetes.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneAdmissionsTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final int MACHINES = 16;

  @TempDir private Path folder;

  /** As another join-service of the same cluster has them. */
  private AdmissionRecords records() {
    return StandaloneAdmissions.of(folder, folder.resolve("objects"));
  }

  private static Applicant applicant(int machine, String node, int disk) {
    return new Applicant(
        AdmissionRecord.identityOfKey("%064x".formatted(machine)),
        Map.of(),
        node,
        false,
        "00000000-0000-0000-0000-%012d".formatted(disk),
        List.of());
  }

  private void admit(Applicant one) throws Exception {
    var _ =
        records()
            .<AdmissionRecord, AdmissionException>change(
                all -> AdmissionRules.admit(all, one, NOW));
  }

  private interface Wish {
    Applicant of(int machine);
  }

  /** How many get it, if all ask at once, each through a join-service of its own. */
  private long race(Wish wish) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asking = new ArrayList<Future<Boolean>>();
      for (int i = 1; i <= MACHINES; i++) {
        Applicant one = wish.of(i);
        asking.add(
            threads.submit(() -> {
              try {
                admit(one);
                return true;
              } catch (AdmissionException e) {
                return false;
              }
            }));
      }
      long admitted = 0;
      for (Future<Boolean> one : asking) {
        admitted += one.get() ? 1 : 0;
      }
      return admitted;
    }
  }

  @Test
  void oneOfAllThatRaceGetsTheName() throws Exception {
    assertEquals(1, race(machine -> applicant(machine, "worker", machine)));
    assertEquals(1, records().all().size());
  }

  @Test
  void oneOfAllThatRaceGetsTheDisk() throws Exception {
    assertEquals(1, race(machine -> applicant(machine, "worker-" + machine, 1)));
    assertEquals(1, records().all().size());
  }

  @Test
  void aMachineThatRacesAgainstItselfIsOneNode() throws Exception {
    assertEquals(1, race(machine -> applicant(1, "worker-" + machine, machine)));
  }

  @Test
  void allThatWantDifferentThingsGetThem() throws Exception {
    assertEquals(MACHINES, race(machine -> applicant(machine, "worker-" + machine, machine)));
  }

  @Test
  void aDecisionThatDiesStoresNothingAndHoldsNobodyUp() throws Exception {
    class Killed extends Error {}
    var asked = new java.util.concurrent.atomic.AtomicInteger();
    assertThrows(
        Killed.class,
        () ->
            records()
                .<AdmissionRecord, AdmissionException>change(all -> {
                  if (asked.incrementAndGet() == 2) {
                    throw new Killed();
                  }
                  return AdmissionRules.admit(all, applicant(1, "worker-1", 1), NOW);
                }));
    assertEquals(List.of(), records().all());
    admit(applicant(1, "worker-1", 1));
    assertEquals(1, records().all().size());
  }

  @Test
  void refusesARecordUnderAnotherMachinesName() throws Exception {
    admit(applicant(1, "worker-1", 1));
    Path file = onlyFile();
    Files.move(file, file.resolveSibling("ak-" + "f".repeat(64) + ".json"));
    String said = assertThrows(IOException.class, () -> records().all()).getMessage();
    assertTrue(said.contains("another machine"), said);
  }

  /** What a writer that died left beside a record. */
  @Test
  void aHalfWrittenFileIsNoRecord() throws Exception {
    admit(applicant(1, "worker-1", 1));
    Path record = onlyFile();
    String half = Files.readString(record).substring(0, 100);
    Files.writeString(record.resolveSibling("." + record.getFileName() + ".x.new"), half);
    assertEquals(1, records().all().size());
    admit(applicant(2, "worker-2", 2));
    assertEquals(2, records().all().size());
  }

  @Test
  void aRecordThatCannotBeReadAdmitsNobody() throws Exception {
    admit(applicant(1, "worker-1", 1));
    Files.writeString(onlyFile(), "{}");
    assertThrows(IOException.class, () -> admit(applicant(2, "worker-2", 2)));
  }

  @Test
  void recordsAreTheOwnersAlone() throws Exception {
    admit(applicant(1, "worker-1", 1));
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile())));
  }

  private Path onlyFile() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("objects/nodeadmissions"))) {
      return files.findAny().orElseThrow();
    }
  }

  @Test
  void anAdminWhoNamesTheWrongFolderIsTold() {
    var error =
        assertThrows(
            MalformedException.class, () -> StandaloneAdmissions.in(folder.resolve("objects")));
    assertTrue(error.getMessage().startsWith("--standalone-objects"), error.getMessage());
  }
}
