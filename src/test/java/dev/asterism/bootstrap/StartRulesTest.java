package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.crypto.Digests;
import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartRulesTest {
  private static final Bytes OURS = Bytes.ofUtf8("ours");
  private static final Bytes THEIRS = Bytes.ofUtf8("theirs");

  @ParameterizedTest(name = "register {0}, progress {1}, node state {2}: {3}")
  @CsvSource({
    // A fresh register: whatever lies there is begun again.
    "zero,    none,     false, BEGIN",
    "zero,    none,     true,  BEGIN",
    "zero,    started,  false, BEGIN",
    "zero,    started,  true,  BEGIN",
    "zero,    complete, true,  BEGIN",
    // The one way to be a member.
    "ours,    complete, true,  START_KUBELET",
    // One thing wrong at a time.
    "ours,    complete, false, RESET_AND_REBOOT",
    "ours,    started,  true,  RESET_AND_REBOOT",
    "ours,    none,     true,  RESET_AND_REBOOT",
    "theirs,  complete, true,  RESET_AND_REBOOT",
    "twice,   complete, true,  RESET_AND_REBOOT",
    "garbage, complete, true,  RESET_AND_REBOOT",
    "prefix,  complete, true,  RESET_AND_REBOOT",
    "garbage, none,     false, RESET_AND_REBOOT",
  })
  void whatToDoFollowsFromRegisterAndDisk(
      String register, String progress, boolean nodeState, StartRules.Decision decision) {
    assertEquals(
        decision,
        StartRules.decide(
            register(register), StartRulesTest::after, progress(progress), nodeState));
  }

  private static Bytes after(Bytes clusterId) {
    return ClusterRegister.extended(Digests.SHA256, Bytes.zeros(32), clusterId);
  }

  private static Bytes register(String name) {
    return switch (name) {
      case "zero" -> Bytes.zeros(32);
      case "ours" -> after(OURS);
      case "theirs" -> after(THEIRS);
      case "twice" -> ClusterRegister.extended(Digests.SHA256, after(OURS), OURS);
      case "prefix" -> after(OURS).slice(0, 31);
      default -> Digests.SHA256.of(Bytes.ofUtf8(name));
    };
  }

  private static Optional<Progress> progress(String name) {
    return switch (name) {
      case "started" -> Optional.of(new Progress(Progress.Phase.STARTED, OURS, Role.CONTROL_PLANE));
      case "complete" ->
          Optional.of(new Progress(Progress.Phase.COMPLETE, OURS, Role.CONTROL_PLANE));
      default -> Optional.empty();
    };
  }
}
