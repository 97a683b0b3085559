package dev.asterism.attestation.tdx;

import java.time.Instant;

/** From when to when something counts, both included. */
record Period(Instant from, Instant to) {
  boolean holds(Instant at) {
    return !at.isBefore(from) && !at.isAfter(to);
  }

  /** When this and the other count. */
  Period during(Period other) {
    return new Period(
        from.isAfter(other.from) ? from : other.from, to.isBefore(other.to) ? to : other.to);
  }

  @Override
  public String toString() {
    return from + " to " + to;
  }
}
