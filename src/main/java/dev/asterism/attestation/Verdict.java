package dev.asterism.attestation;

import java.util.Locale;

/** The sum of all checks. */
public enum Verdict {
  ACCEPTED,
  REFUSED,
  /** No check failed, but one that the policy requires could not be made. */
  UNDECIDED;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
