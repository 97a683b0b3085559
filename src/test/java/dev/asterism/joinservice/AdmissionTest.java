package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Identifier;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.Json;
import io.grpc.Status;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Which machine may be which node, at the door. */
class AdmissionTest extends JoinServiceFixture {
  private static final Status.Code DENIED = Status.Code.PERMISSION_DENIED;

  private JoinServiceNode joined(String name) {
    try (JoinServiceNode node = node(name)) {
      node.join(node.request(false));
      return node;
    }
  }

  /** The member {@code admission} of the newest audit record. */
  private ObjectNode recorded() throws Exception {
    ObjectNode last = Json.object("record", records().getLast());
    return Json.child(Json.child(last, "content"), "admission");
  }

  private void assertRecorded(String rule, String holder) throws Exception {
    assertEquals(rule, Json.string(recorded(), "rule"));
    ObjectNode boundTo = Json.child(recorded(), "boundTo");
    assertEquals(identity(holder), Json.string(boundTo, "identity"));
  }

  @Test
  void aFirstJoinIsPutOnRecordBeforeAnythingIsIssued() throws Exception {
    JoinServiceNode node = joined("worker-1");
    AdmissionRecord record = cluster.admissions().all().getFirst();
    assertEquals(identity("worker-1"), record.identity());
    assertEquals("worker-1", record.node());
    assertEquals(node.disk, record.disk());
    assertEquals(List.of(node.ip), record.addresses());
    assertEquals(State.ADMITTED, record.state());
    assertEquals(FakePlatform.machine("worker-1").size(), record.evidence().size());
  }

  @Test
  void aSecondMachineMayNotClaimTheFirstOnesDisk() throws Exception {
    JoinServiceNode first = joined("worker-1");
    try (JoinServiceNode rogue = node("rogue", "worker-2")) {
      String told =
          assertRefused(
              DENIED,
              "this disk is another machine's",
              () -> rogue.join(rogue.request(false).setDiskUuid(first.disk)));
      assertFalse(told.contains("worker-1") || told.contains(identity("worker-1")), told);
    }
    assertRecorded("disk", "worker-1");
    try (JoinServiceNode rogue = node("rogue", "worker-2")) {
      assertRefused(DENIED, "this disk is another machine's", () -> rogue.rejoin(first.disk));
    }
    assertRecorded("disk", "worker-1");
  }

  @Test
  void aSecondMachineMayNotTakeTheFirstOnesName() throws Exception {
    joined("worker-1");
    try (JoinServiceNode rogue = node("rogue", "Worker_1")) {
      assertRefused(DENIED, "another machine is worker-1", () -> rogue.join(rogue.request(false)));
    }
    assertRecorded("name", "worker-1");
  }

  @Test
  void aSecondMachineMayNotHaveTheFirstOnesAddressCertified() throws Exception {
    JoinServiceNode first = joined("worker-1");
    try (JoinServiceNode rogue = node("rogue", "worker-2")) {
      assertRefused(
          DENIED,
          "another node's",
          () -> rogue.join(rogue.request(false, List.of(), List.of(rogue.ip, first.ip))));
    }
    assertRecorded("address", "worker-1");
  }

  /** Root in one guest has another key, and nothing else that a second machine would have. */
  @Test
  void aSecondKeyOfOneLaunchIsNoSecondMachine() throws Exception {
    try (JoinServiceNode first = launched("worker-1", "11", "1")) {
      first.join(first.request(false));
      try (JoinServiceNode second = launched("another key", "11", "1")) {
        assertRefused(
            DENIED,
            "this launch of a guest is another machine's",
            () -> second.join(second.request(false)));
      }
      assertRecorded("launch", "worker-1");

      try (JoinServiceNode elsewhere = launched("worker-1", "22", "1")) {
        assertRefused(DENIED, "has not been rebooted since", () -> elsewhere.rejoin(first.disk));
      }
      assertRecorded("launch", "worker-1");
      try (JoinServiceNode rebooted = launched("worker-1", "22", "2")) {
        rebooted.rejoin(first.disk);
      }
    }
  }

  private JoinServiceNode launched(String key, String launch, String boots) {
    var machine = new EnumMap<Identifier, String>(FakePlatform.machine(key));
    machine.put(Identifier.REPORT_ID, launch.repeat(32));
    machine.put(Identifier.RESET_COUNT, boots);
    machine.put(Identifier.RESTART_COUNT, "0");
    return new JoinServiceNode(
        role.port(), key.replace(' ', '-'), FakePlatform.issuer(Map.of(4, GOOD_BOOT), machine));
  }

  /** The load balancer's address, say; a control plane is given the authority's key anyway. */
  @Test
  void noWorkerHasAnAlternativeAddressOfTheApiServerCertified() throws Exception {
    var _ =
        new StandaloneKubeadm(folder.resolve("cp-0"), null, clock)
            .init(
                new InitPlan(
                    "mini",
                    "v1.30.1",
                    "cp-0",
                    "10.0.0.1",
                    "10.0.0.1:6443",
                    List.of("api.example.com", "192.0.2.77"),
                    "10.96.0.0/12",
                    false,
                    List.of(HELLO)));
    for (boolean controlPlane : new boolean[] {false, true}) {
      for (String address : List.of("192.0.2.77", "10.0.0.1", "192.0.2.78")) {
        String name = "n" + controlPlane + address.replace('.', '-');
        boolean refused =
            address.equals("10.0.0.1") || (address.equals("192.0.2.77") && !controlPlane);
        try (JoinServiceNode node = node(name)) {
          var request =
              node.request(controlPlane, List.of(), List.of(address))
                  .clearHostCertificatePrincipals();
          if (refused) {
            assertRefused(
                Status.Code.INVALID_ARGUMENT,
                "address of the API server",
                () -> node.join(request));
          } else {
            node.join(request);
            orders().release(name, "", false);
            Files.deleteIfExists(
                folder.resolve("cp-0/etc/kubernetes/standalone/joiningnodes/control-plane.json"));
          }
        }
      }
    }
  }

  @Test
  void aWorkerMayNotBecomeAControlPlane() throws Exception {
    joined("worker-1");
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(DENIED, "admitted as a worker", () -> node.join(node.request(true)));
    }
    assertRecorded("role", "worker-1");
  }

  @Test
  void aMachineMayNotBecomeAnotherNode() throws Exception {
    joined("worker-1");
    try (JoinServiceNode node = node("worker-1", "worker-2")) {
      assertRefused(DENIED, "admitted as worker-1", () -> node.join(node.request(false)));
    }
    assertRecorded("node", "worker-1");
  }

  @Test
  void aNodeThatIsRebootedGetsItsOwnDisksKeyOnly() throws Exception {
    JoinServiceNode first = joined("worker-1");
    try (JoinServiceNode node = node("worker-1")) {
      assertEquals(key(first.disk), node.rejoin(first.disk).getStateDiskKey());
    }
    assertEquals("admitted", Json.string(recorded(), "state"));
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(DENIED, "no machine was admitted", () -> node.rejoin(node.disk));
    }
    assertEquals("unknown-disk", Json.string(recorded(), "rule"));
  }

  @Test
  void aNodeThatWasHereBeforeTheRecordsIsNobodys() throws Exception {
    try (JoinServiceNode rogue = node("rogue", "cp-0")) {
      assertRefused(
          DENIED,
          "a node cp-0 that was never put on record",
          () -> rogue.join(rogue.request(false)));
    }
    orders().bind(applicant("cp-0", "cp-0"));
    orders().release("cp-0", "", false);
    try (JoinServiceNode replacement = node("cp-0 again", "cp-0")) {
      replacement.join(replacement.request(true));
    }
  }

  @Test
  void aReplacedMachineTakesTheNameOnceItIsReleased() throws Exception {
    joined("worker-1");
    orders().release("worker-1", "", false);
    try (JoinServiceNode replacement = node("another VM", "worker-1")) {
      replacement.join(replacement.request(false));
    }
    try (JoinServiceNode old = node("worker-1")) {
      assertRefused(DENIED, "another machine is worker-1", () -> old.join(old.request(false)));
    }
  }

  @Test
  void aRevokedMachineGetsNothing() throws Exception {
    JoinServiceNode first = joined("worker-1");
    orders().revoke("worker-1", "");
    for (String profile : List.of("strict", "compatible")) {
      admission("{\"profile\": \"" + profile + "\"}");
      try (JoinServiceNode node = node("worker-1", "worker-9")) {
        assertRefused(DENIED, "was revoked", () -> node.join(node.request(false)));
      }
      try (JoinServiceNode node = node("worker-1")) {
        assertRefused(DENIED, "was revoked", () -> node.rejoin(first.disk));
      }
      assertRecorded("revoked", "worker-1");
      try (JoinServiceNode node = node("worker-2")) {
        assertRefused(DENIED, "another machine's", () -> node.rejoin(first.disk));
      }
    }
  }

  @Test
  void anAcceptedMachineThatIsNoneInParticularIsNotAdmitted() throws Exception {
    try (var node =
        new JoinServiceNode(
            role.port(), "worker-1", FakePlatform.issuer(Map.of(4, GOOD_BOOT), Map.of()))) {
      assertRefused(DENIED, "does not tell", () -> node.join(node.request(false)));
    }
    assertEquals(List.of(), cluster.admissions().all());
    admission("{\"profile\": \"compatible\"}");
    try (var node =
        new JoinServiceNode(
            role.port(), "worker-1", FakePlatform.issuer(Map.of(4, GOOD_BOOT), Map.of()))) {
      node.join(node.request(false));
    }
  }

  /** All that an old cluster does, and its operator is warned of. */
  @Test
  void theCompatibleProfileBindsNothing() throws Exception {
    admission("{\"profile\": \"compatible\"}");
    JoinServiceNode first = joined("worker-1");
    try (JoinServiceNode other = node("other", "worker-1")) {
      other.join(
          other
              .request(true, List.of("elsewhere"), List.of(first.ip, "10.96.0.1"))
              .setDiskUuid(first.disk)
              .addHostCertificatePrincipals("elsewhere"));
    }
    try (JoinServiceNode other = node("other")) {
      other.rejoin(first.disk);
    }
    assertEquals("compatible", Json.string(recorded(), "state"));
    assertEquals(List.of(), cluster.admissions().all());
  }

  @Test
  void anApprovalThatIsTightenedMeanwhileIsJudgedAgain() throws Exception {
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(Status.Code.INVALID_ARGUMENT, "disk_uuid", () -> node.rejoin("connects"));
      admission("{\"deny\": {\"names\": [\"worker-1\"]}}");
      assertRefused(Status.Code.ABORTED, "connect again", () -> node.join(node.request(false)));
    }
    try (JoinServiceNode node = node("worker-1")) {
      assertRefused(DENIED, "deny-list", () -> node.join(node.request(false)));
    }
    assertEquals(List.of(), cluster.admissions().all());
  }

  @Test
  void twoJoinServicesAdmitOneOfTwoMachines() throws Exception {
    try (JoinServiceRole second = another();
        JoinServiceNode a = node("a", "worker-1");
        var b = new JoinServiceNode(second.port(), "worker-1", evidence("b"))) {
      a.join(a.request(false));
      assertRefused(DENIED, "another machine", () -> b.join(b.request(false)));
    }
    assertEquals(1, cluster.admissions().all().size());
  }

  @Test
  void aRefusedMachineLeavesNoTokenAndNoAnnouncement() throws Exception {
    JoinServiceNode first = joined("worker-1");
    int before = secrets();
    try (JoinServiceNode rogue = node("rogue", "worker-2")) {
      assertRefused(DENIED, "disk", () -> rogue.join(rogue.request(false).setDiskUuid(first.disk)));
    }
    assertEquals(before, secrets());
    assertTrue(
        java.nio.file.Files.notExists(
            folder.resolve("cp-0/etc/kubernetes/standalone/joiningnodes/worker-2.json")));
  }
}
