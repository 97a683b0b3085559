package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An admin's verbs over the records of a cluster. */
class AdmissionCommandTest {
  private static final String WORKER = AdmissionRecord.identityOfKey("11".repeat(32));
  private static final String WAITING = AdmissionRecord.identityOfKey("22".repeat(32));
  private static final String NEW = AdmissionRecord.identityOfKey("33".repeat(32));
  private static final String DISK = "00000000-0000-0000-0000-000000000001";

  @TempDir Path folder;
  private StandaloneAdmissions records;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeEach
  void putSomeOnRecord() throws Exception {
    Files.createDirectory(folder.resolve("objects"));
    records = StandaloneAdmissions.in(folder.resolve("objects"));
    Instant now = Instant.now();
    var worker =
        new Applicant(WORKER, Map.of("akKey", "11"), "worker-1", false, DISK, List.of("10.0.0.9"));
    var waiting =
        new Applicant(
            WAITING, Map.of(), "cp-2", true, "00000000-0000-0000-0000-000000000002", List.of());
    var _ = records.change(all -> AdmissionRules.admit(all, worker, now));
    Change<AdmissionRecord> _ =
        records.change(all -> Change.nothing(AdmissionRules.await(all, waiting, now)));
    var _ = records.change(all -> AdmissionRules.await(all, waiting, now));
  }

  private int run(String verb, String... further) {
    var args = new ArrayList<>(List.of("admission", verb));
    args.addAll(List.of(further));
    args.addAll(List.of("--standalone-objects", folder.resolve("objects").toString()));
    out = new StringWriter();
    err = new StringWriter();
    return AsterismCommand.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(String[]::new));
  }

  private State state(String identity) throws IOException {
    return records.all().stream()
        .filter(r -> r.identity().equals(identity))
        .findAny()
        .orElseThrow()
        .state();
  }

  @Test
  void listsWhoIsWhatForPeopleAndForMachines() throws Exception {
    assertEquals(0, run("list"));
    List<String> lines = out.toString().lines().toList();
    assertEquals(3, lines.size(), out.toString());
    assertTrue(lines.get(0).startsWith("NODE"));
    assertTrue(lines.get(1).startsWith("cp-2"), lines.get(1));
    assertTrue(lines.get(1).contains("control-plane  pending"), lines.get(1));
    assertTrue(lines.get(2).contains(DISK), lines.get(2));

    assertEquals(0, run("list", "-o", "json"));
    var list = Json.object("list", Bytes.ofUtf8(out.toString().strip())).get("admissions");
    assertEquals(2, list.size());
    assertEquals(WORKER, list.get(1).get("identity").stringValue());
    assertEquals("11", list.get(1).get("evidence").get("akKey").stringValue());
  }

  @Test
  void approvesOnceAndSaysSoTheSecondTime() throws Exception {
    assertEquals(0, run("approve", "cp-2"));
    assertEquals(WAITING + " is admitted as cp-2 (control-plane)\n", out.toString());
    assertEquals(State.ADMITTED, state(WAITING));

    assertEquals(1, run("approve", "cp-2"));
    assertTrue(err.toString().contains("no machine is pending as cp-2: "), err.toString());
    assertTrue(err.toString().contains(" is admitted"), err.toString());
  }

  @Test
  void releasesAndRevokes() throws Exception {
    assertEquals(0, run("release", "worker-1"));
    assertEquals(State.RELEASED, state(WORKER));
    assertEquals(0, run("list"));
    assertFalse(out.toString().contains("worker-1"), "only with --all");
    assertEquals(0, run("list", "--all"));
    assertTrue(out.toString().contains("worker-1"));

    assertEquals(0, run("revoke", "worker-1"));
    assertEquals(State.REVOKED, state(WORKER));
    assertEquals(1, run("revoke", "worker-1"));
    assertTrue(err.toString().contains(" is revoked"), err.toString());
  }

  @Test
  void bindsAMachineAsIfItHadJoined() throws Exception {
    String disk = "00000000-0000-0000-0000-000000000003";
    assertEquals(
        0, run("bind", "Worker_3", "--identity", NEW, "--disk", disk, "--address", "10.0.0.3"));
    AdmissionRecord bound =
        records.all().stream().filter(r -> r.identity().equals(NEW)).findAny().orElseThrow();
    assertEquals("worker-3", bound.node());
    assertEquals(disk, bound.disk());
    assertEquals(List.of("10.0.0.3"), bound.addresses());

    assertEquals(1, run("bind", "worker-1", "--identity", NEW, "--disk", disk));
    assertTrue(err.toString().contains("worker-1"), err.toString());
  }

  @Test
  void namesTheArgumentThatIsWrong() {
    assertEquals(2, run("bind", "worker-3", "--identity", "ak-1", "--disk", DISK));
    assertTrue(err.toString().contains("--identity"), err.toString());
    assertEquals(2, run("bind", "worker-3", "--identity", NEW, "--disk", "measurementSecret"));
    assertTrue(err.toString().contains("disk_uuid"), err.toString());
    assertEquals(
        2, run("bind", "worker-3", "--identity", NEW, "--disk", DISK, "--address", "api.example"));
    assertTrue(err.toString().contains("--address"), err.toString());
    assertEquals(2, run("release"));
  }

  /** First what is to be done, then what became of it: nothing is done unrecorded. */
  @Test
  void keepsAnOrderOnRecordBeforeItIsCarriedOut() throws Exception {
    Path audit = folder.resolve("audit.jsonl");
    assertEquals(0, run("revoke", "worker-1", "--audit", audit.toString()));
    assertEquals(1, run("approve", "nobody", "--audit", audit.toString()));
    List<String> lines = Files.readAllLines(audit);
    assertEquals(4, lines.size(), lines.toString());
    assertTrue(lines.get(0).contains("\"admission-ordered\""), lines.get(0));
    assertTrue(lines.get(1).contains("\"admission-revoked\""), lines.get(1));
    assertTrue(lines.get(1).contains(WORKER), lines.get(1));
    assertTrue(lines.get(3).contains("\"admission-failed\""), lines.get(3));
  }

  @Test
  void anOrderSaysAllThatWasAskedFor() throws Exception {
    Path audit = folder.resolve("audit.jsonl");
    assertEquals(
        0, run("release", "worker-1", "--identity", WORKER, "--with-disks", "--audit", "" + audit));
    String order = Files.readAllLines(audit).getFirst();
    for (String part :
        List.of(
            "\"order\":\"release\"",
            "\"node\":\"worker-1\"",
            "\"identity\":\"" + WORKER + "\"",
            "\"withDisks\":true")) {
      assertTrue(order.contains(part), order);
    }
  }

  @Test
  void doesNothingThatCannotBeRecorded() throws Exception {
    assertEquals(1, run("revoke", "worker-1", "--audit", folder.toString()));
    assertEquals(State.ADMITTED, state(WORKER));
  }
}
