package dev.asterism.joinservice;

import dev.asterism.attestation.Identifier;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.JoinServiceNode;
import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deny-lists count in every profile, at join and at rejoin. */
class DenialsTest extends JoinServiceFixture {
  private static final Map<Identifier, String> MACHINE = machine();

  private static Map<Identifier, String> machine() {
    var machine = new HashMap<>(FakePlatform.machine("worker-1"));
    machine.put(Identifier.CHIP_ID, "cd".repeat(64));
    machine.put(Identifier.PPID, "ef".repeat(16));
    return machine;
  }

  private JoinServiceNode worker() {
    return new JoinServiceNode(
        role.port(), "worker-1", FakePlatform.issuer(Map.of(4, GOOD_BOOT), MACHINE));
  }

  private void assertDenied(String profile, String deny) throws Exception {
    admission("{\"profile\": \"%s\", \"deny\": {%s}}".formatted(profile, deny));
    try (JoinServiceNode node = worker()) {
      assertRefused(
          Status.Code.PERMISSION_DENIED, "deny-list", () -> node.join(node.request(false)));
    }
    try (JoinServiceNode node = worker()) {
      String disk = cluster.admissions().all().getFirst().disk();
      assertRefused(Status.Code.PERMISSION_DENIED, "deny-list", () -> node.rejoin(disk));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AK_KEY", "AK_NAME", "CHIP_ID", "PPID"})
  void deniesMachines(Identifier identifier) throws Exception {
    try (JoinServiceNode node = worker()) {
      node.join(node.request(false));
    }
    boolean key = identifier == Identifier.AK_KEY || identifier == Identifier.AK_NAME;
    String list = key ? "attestationKeys" : "chips";
    String listed = "\"%s\": [\"%s\"]".formatted(list, MACHINE.get(identifier).toUpperCase());
    assertDenied("strict", listed);
    assertDenied("compatible", listed);
    admission("{\"deny\": {%s}}".formatted(listed));
    try (JoinServiceNode other = node("worker-2")) {
      other.join(other.request(false));
    }
  }

  /** What a list names, and evidence does not prove, could be on it. */
  @Test
  void deniesMachinesThatHideWhatAListIsAbout() throws Exception {
    assertHidden(
        "\"attestationKeys\": [\"000b" + "ab".repeat(32) + "\"]",
        Identifier.AK_NAME,
        "about the akName");
    assertHidden(
        "\"chips\": [\"" + "ab".repeat(64) + "\"]", Identifier.CHIP_ID, "about the chipId");
  }

  private void assertHidden(String deny, Identifier hidden, String why) throws Exception {
    var machine = new HashMap<>(MACHINE);
    machine.put(Identifier.REPORT_ID, "12".repeat(32));
    admission("{\"deny\": {" + deny + "}}");
    try (JoinServiceNode node = node(machine)) {
      node.join(node.request(false));
    }
    machine.remove(hidden);
    try (JoinServiceNode node = node(machine)) {
      assertRefused(Status.Code.PERMISSION_DENIED, why, () -> node.join(node.request(false)));
    }
  }

  private JoinServiceNode node(Map<Identifier, String> machine) {
    return new JoinServiceNode(
        role.port(), "worker-1", FakePlatform.issuer(Map.of(4, GOOD_BOOT), machine));
  }

  @Test
  void deniesDisksAndNames() throws Exception {
    String disk;
    try (JoinServiceNode node = worker()) {
      node.join(node.request(false));
      disk = node.disk;
    }
    assertDenied("strict", "\"names\": [\"worker-1\"]");
    assertDenied("compatible", "\"names\": [\"worker-1\"]");
    for (String profile : new String[] {"strict", "compatible"}) {
      admission("{\"profile\": \"" + profile + "\", \"deny\": {\"disks\": [\"" + disk + "\"]}}");
      try (JoinServiceNode node = worker()) {
        assertRefused(Status.Code.PERMISSION_DENIED, "this disk", () -> node.rejoin(disk));
      }
      try (JoinServiceNode node = worker()) {
        assertRefused(
            Status.Code.PERMISSION_DENIED,
            "this disk",
            () -> node.join(node.request(false).setDiskUuid(disk)));
      }
      try (JoinServiceNode node = worker()) {
        node.join(node.request(false));
      }
    }
  }
}
