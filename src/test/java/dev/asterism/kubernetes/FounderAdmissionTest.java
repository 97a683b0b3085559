package dev.asterism.kubernetes;

import static dev.asterism.kubernetes.Admissions.disk;
import static dev.asterism.kubernetes.Admissions.identity;
import static dev.asterism.kubernetes.Admissions.with;
import static dev.asterism.kubernetes.Admissions.worker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.testing.FakeKubeadm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FounderAdmissionTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Admissions.NOW);

  @TempDir private Path folder;
  private final FakeKubeadm kubeadm = new FakeKubeadm();

  private AdmissionRecords records() {
    return StandaloneAdmissions.of(folder, null);
  }

  private FounderAdmission founder(int disk) {
    return new FounderAdmission(
        kubeadm,
        records(),
        () -> new FounderAdmission.Machine(identity("a"), Map.of("akKey", "a"), disk(disk)),
        CLOCK);
  }

  private static InitPlan plan(String ip) {
    return new InitPlan(
        "mini", "v1.30.1", "CP_0", ip, ip + ":6443", List.of(), "", false, List.of());
  }

  @Test
  void putsTheFirstControlPlaneOnRecord() throws Exception {
    assertEquals(FakeKubeadm.KUBECONFIG, founder(1).init(plan("10.0.0.1")));
    AdmissionRecord record = records().all().getFirst();
    assertEquals("cp-0", record.node());
    assertTrue(record.controlPlane());
    assertEquals(disk(1), record.disk());
    assertEquals(List.of("10.0.0.1"), record.addresses());
  }

  @Test
  void theLoopbackAddressIsNobodys() throws Exception {
    founder(1).init(plan("127.0.0.1"));
    assertEquals(List.of(), records().all().getFirst().addresses());
  }

  @Test
  void anInitThatIsRepeatedWithANewDiskIsTheSameMachines() throws Exception {
    founder(1).init(plan("10.0.0.1"));
    founder(2).init(plan("10.0.0.1"));
    assertEquals(List.of(disk(1)), records().all().getFirst().formerDisks());
  }

  @Test
  void recordsNothingOfAnInitThatFailed() throws Exception {
    kubeadm.failNext(1);
    assertThrows(IOException.class, () -> founder(1).init(plan("10.0.0.1")));
    assertEquals(List.of(), records().all());
  }

  @Test
  void failsWhereAnotherMachineHasItsPlace() throws Exception {
    records()
        .<AdmissionRecord, AdmissionException>change(all ->
            AdmissionRules.admit(all, with(worker("b", "cp-0", 2), "10.0.0.2"), Admissions.NOW));
    String said =
        assertThrows(IOException.class, () -> founder(1).init(plan("10.0.0.1"))).getMessage();
    assertTrue(said.contains("cannot be put on record"), said);
  }
}
