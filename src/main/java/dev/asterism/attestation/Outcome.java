package dev.asterism.attestation;

import java.util.Locale;

/** How a check ended. */
public enum Outcome {
  PASSED,
  /** Refuses the evidence. */
  FAILED,
  /** Did not hold, or was not asked for, in a way the policy tolerates but a reader must know. */
  WARNING,
  /** The policy requires it and what it needs was not there: the verdict is undecided. */
  UNAVAILABLE,
  /** Not asked for, or not reached because an earlier check failed. */
  SKIPPED;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
