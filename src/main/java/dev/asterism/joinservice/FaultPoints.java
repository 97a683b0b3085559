package dev.asterism.joinservice;

/** Told after each step of a ticket that somebody could notice; a test's places to die. */
@FunctionalInterface
public interface FaultPoints {
  /** Nothing dies here. */
  FaultPoints NONE = step -> {};

  void reached(Step step);

  /** In the order in which they happen. */
  enum Step {
    /** The connection has had its ticket; the cluster knows nothing of it. */
    SPENT,
    /** The machine is bound to what it asked to be, or it waits for approval. */
    ADMITTED,
    KEYS_RECEIVED,
    /** Join only, like all that follow but the last. */
    CERTIFICATE_SIGNED,
    ANNOUNCED,
    TOKEN_CREATED,
    /** The audit record is on the disk; the node has nothing yet. */
    RECORDED
  }
}
