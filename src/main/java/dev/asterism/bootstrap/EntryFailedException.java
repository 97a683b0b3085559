package dev.asterism.bootstrap;

import dev.asterism.rpc.Failures;

/** Init or join failed after the lock; only a reset helps. */
final class EntryFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  EntryFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The register was spent by nobody in this process: no start without a reboot can help. */
  static EntryFailedException spent(NodeTakenException found) {
    return new EntryFailedException(Failures.reason(found), found);
  }
}
