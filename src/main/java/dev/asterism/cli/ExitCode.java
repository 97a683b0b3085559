package dev.asterism.cli;

import dev.asterism.attestation.Verdict;

/** What a process tells its caller; the same for every role and verb. */
final class ExitCode {
  /** Done, or accepted. */
  static final int SUCCESS = 0;

  /** Refused, or failed. */
  static final int FAILURE = 1;

  /** Unknown arguments, or input that cannot be read. */
  static final int USAGE = 2;

  /** Neither accepted nor refused: a required check could not be made. */
  static final int UNDECIDED = 3;

  private ExitCode() {}

  static int of(Verdict verdict) {
    return switch (verdict) {
      case ACCEPTED -> SUCCESS;
      case REFUSED -> FAILURE;
      case UNDECIDED -> UNDECIDED;
    };
  }
}
