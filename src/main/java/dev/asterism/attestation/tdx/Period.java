package dev.asterism.attestation.tdx;

import java.time.Instant;

/** From when to when something counts, both included. */
record Period(Instant from, Instant to) {
  boolean holds(Instant at) {
    return !at.isBefore(from) && !at.isAfter(to);
  }

  @Override
  public String toString() {
    return from + " to " + to;
  }
}
