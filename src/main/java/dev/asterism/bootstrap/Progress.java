package dev.asterism.bootstrap;

import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import java.util.Locale;

/**
 * How far init or join got, as the disk remembers it.
 *
 * @param clusterId what the register is, or is about to be, extended with; 32 bytes
 */
record Progress(Phase phase, Bytes clusterId, Role role) {
  enum Phase {
    /** Written before the lock is taken: from here on the register may hold the cluster. */
    STARTED,
    /** kubeadm is through: the node is a member. */
    COMPLETE;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  boolean complete() {
    return phase == Phase.COMPLETE;
  }
}
