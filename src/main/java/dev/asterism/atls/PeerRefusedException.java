package dev.asterism.atls;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Verdict;

/** Why this side refuses the other's certificate; for the log, the peer sees an alert. */
final class PeerRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** How far the check came. */
  enum Kind {
    /** There was no appraisal. */
    REJECTED,
    REFUSED,
    /** Trying again may help. */
    UNDECIDED
  }

  private final Kind kind;

  private PeerRefusedException(Kind kind, String reason) {
    super(reason);
    this.kind = kind;
  }

  static PeerRefusedException rejected(String reason) {
    return new PeerRefusedException(Kind.REJECTED, reason);
  }

  static PeerRefusedException by(Appraisal appraisal) {
    return new PeerRefusedException(
        appraisal.verdict() == Verdict.UNDECIDED ? Kind.UNDECIDED : Kind.REFUSED,
        appraisal.verdict().id() + ": " + appraisal.reason());
  }

  Kind kind() {
    return kind;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
