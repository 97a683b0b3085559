package dev.asterism.bootstrap;

/** Told after each step that reached the disk or the register; a test's places to die. */
@FunctionalInterface
public interface FaultPoints {
  /** Nothing dies here. */
  FaultPoints NONE = step -> {};

  void reached(Step step);

  /** In the order in which they happen; join and init share all but the two that say so. */
  enum Step {
    /** The keys are here; nothing is written yet. */
    KEYS_RECEIVED,
    NODE_STATE_WRITTEN,
    PROGRESS_WRITTEN,
    /** The register is extended: from here on it is this cluster or a new disk. */
    LOCKED,
    DISK_REKEYED,
    SSH_WRITTEN,
    /** Join only: at init kubeadm makes the kubelet's certificate. */
    KUBELET_WRITTEN,
    KUBEADM_DONE,
    COMPLETE_WRITTEN,
    DISK_MARKED,
    /** Init only. */
    ANSWERED,
    KUBELET_STARTED
  }
}
