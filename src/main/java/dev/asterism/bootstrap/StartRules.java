package dev.asterism.bootstrap;

import dev.asterism.wire.Bytes;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a start of this program has to do, given what an earlier one left. */
final class StartRules {
  private StartRules() {}

  enum Decision {
    /** Nothing binding has happened in this boot: init or join from the beginning. */
    BEGIN,
    /** A member of the cluster that the register names. */
    START_KUBELET,
    /** Half done, or not ours: only a new disk and a fresh register help. */
    RESET_AND_REBOOT
  }

  /**
   * @param register the cluster-ID register now
   * @param expectedAfter what a fresh register holds after a cluster id
   * @param progress what the disk remembers; empty where it cannot be read
   * @param nodeState whether the disk holds a readable node state, without which no later boot
   *     could restore the register
   */
  static Decision decide(
      Bytes register,
      UnaryOperator<Bytes> expectedAfter,
      Optional<Progress> progress,
      boolean nodeState) {
    if (register.isAllZero()) {
      return Decision.BEGIN;
    }
    boolean member =
        nodeState
            && progress.isPresent()
            && progress.get().complete()
            && register.equals(expectedAfter.apply(progress.get().clusterId()));
    return member ? Decision.START_KUBELET : Decision.RESET_AND_REBOOT;
  }
}
