package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.testing.JoinServiceNode;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

/** Who may become a control plane. */
class ControlPlaneAdmissionTest extends JoinServiceFixture {
  private void assertWaits(String machine, String name) {
    try (JoinServiceNode node = node(machine, name)) {
      assertRefused(
          Status.Code.UNAVAILABLE,
          "waits for approval: asterism admission approve " + name,
          () -> node.join(node.request(true)));
    }
  }

  @Test
  void everyAcceptedMachineMayWhereNothingIsSaid() {
    try (JoinServiceNode node = node("cp-1")) {
      assertEquals(8, node.join(node.request(true)).getControlPlaneFilesCount());
    }
  }

  @Test
  void onlyThoseThatAreListed() throws Exception {
    admission("{\"controlPlanes\": {\"mode\": \"listed\", \"names\": [\"cp-1\"]}}");
    try (JoinServiceNode node = node("cp-2")) {
      assertRefused(
          Status.Code.PERMISSION_DENIED, "cp-2 is not among", () -> node.join(node.request(true)));
    }
    try (JoinServiceNode node = node("cp-1")) {
      node.join(node.request(true));
    }
    try (JoinServiceNode worker = node("cp-2")) {
      worker.join(worker.request(false));
    }
    try (JoinServiceNode worker = node("worker", "cp-3")) {
      admission("{\"controlPlanes\": {\"mode\": \"listed\", \"names\": [\"cp-1\", \"cp-3\"]}}");
      assertRefused(
          Status.Code.PERMISSION_DENIED,
          "cp-3 is the name of a control plane",
          () -> worker.join(worker.request(false)));
    }
    admission("{\"controlPlanes\": {\"mode\": \"listed\", \"names\": []}}");
    try (JoinServiceNode member = node("cp-1")) {
      // It is one already: its next join, after a failed one, is not its first.
      member.join(member.request(true));
    }
  }

  @Test
  void theListCountsForOldClustersToo() throws Exception {
    admission(
        "{\"profile\": \"compatible\","
            + " \"controlPlanes\": {\"mode\": \"listed\", \"names\": [\"cp-1\"]}}");
    try (JoinServiceNode node = node("cp-2")) {
      assertRefused(
          Status.Code.PERMISSION_DENIED, "not among", () -> node.join(node.request(true)));
    }
    try (JoinServiceNode node = node("cp-1")) {
      node.join(node.request(true));
    }
  }

  @Test
  void oneByOneWhereAnAdminMustApprove() throws Exception {
    admission("{\"controlPlanes\": {\"mode\": \"approval\"}}");
    assertWaits("a", "cp-1");
    assertWaits("a", "cp-1");
    assertEquals(State.PENDING, cluster.admissions().all().getFirst().state());
    assertTrue(records().getLast().contains("\"state\":\"pending\""), records().getLast());
    try (JoinServiceNode worker = node("worker-1")) {
      worker.join(worker.request(false));
    }

    orders().approve("cp-1", "");
    assertWaits("b", "cp-2");
    try (JoinServiceNode impostor = node("b", "cp-1")) {
      assertRefused(
          Status.Code.PERMISSION_DENIED,
          "another machine is cp-1",
          () -> impostor.join(impostor.request(true)));
    }
    try (JoinServiceNode node = node("a", "cp-1")) {
      assertEquals(8, node.join(node.request(true)).getControlPlaneFilesCount());
    }
  }

  @Test
  void waitingGivesNoKey() throws Exception {
    admission("{\"controlPlanes\": {\"mode\": \"approval\"}}");
    keys.set((id, length) -> {
      throw new AssertionError("a machine that waits needs no key");
    });
    assertWaits("a", "cp-1");
    assertEquals(0, secrets());
  }
}
