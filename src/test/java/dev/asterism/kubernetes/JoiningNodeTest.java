package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Json;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JoiningNodeTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00.5Z");

  @Test
  void namesAWorkerAfterItselfForTwoDays() {
    JoiningNode node = JoiningNode.from(NOW, "worker-1", "ref", false, "");
    assertEquals("worker-1", node.objectName());
    assertEquals(Instant.parse("2026-05-03T12:00:00Z"), node.deadline());
  }

  @Test
  void namesEveryControlPlaneAlikeForTenMinutes() {
    JoiningNode node = JoiningNode.from(NOW, "cp-1", "ref", true, "");
    assertEquals("control-plane", node.objectName());
    assertEquals(Instant.parse("2026-05-01T12:10:00Z"), node.deadline());
    assertFalse(node.expired(node.deadline()));
    assertTrue(node.expired(node.deadline().plusMillis(1)));
  }

  @Test
  void writesTheCustomResourceAndReadsItBack() throws Exception {
    JoiningNode node = JoiningNode.from(NOW, "cp-1", "ref", true, "");
    assertEquals(
        "{\"apiVersion\":\"update.edgeless.systems/v1alpha1\",\"kind\":\"JoiningNode\","
            + "\"metadata\":{\"name\":\"control-plane\"},"
            + "\"spec\":{\"name\":\"cp-1\",\"componentsreference\":\"ref\","
            + "\"iscontrolplane\":true,\"deadline\":\"2026-05-01T12:10:00Z\"}}",
        Json.line(node.toJson()));
    assertEquals(node, JoiningNode.fromJson(node.toJson()));
  }

  @Test
  void keepsWhichMachineItIsInAnAnnotation() throws Exception {
    JoiningNode node = JoiningNode.from(NOW, "cp-1", "ref", true, "000b77");
    assertTrue(
        Json.line(node.toJson())
            .contains("\"annotations\":{\"asterism.dev/attester\":\"000b77\"}"));
    assertEquals(node, JoiningNode.fromJson(node.toJson()));
  }

  @Test
  void takesOnlyAProvenMachineUnderItsNameForTheSame() {
    JoiningNode node = JoiningNode.from(NOW, "cp-1", "ref", true, "000b77");
    assertTrue(node.sameMachine(JoiningNode.from(NOW, "cp-1", "other", true, "000b77")));
    assertFalse(node.sameMachine(JoiningNode.from(NOW, "cp-2", "ref", true, "000b77")));
    assertFalse(node.sameMachine(JoiningNode.from(NOW, "cp-1", "ref", true, "000b88")));
    JoiningNode unknown = JoiningNode.from(NOW, "cp-1", "ref", true, "");
    assertFalse(unknown.sameMachine(unknown));
  }
}
