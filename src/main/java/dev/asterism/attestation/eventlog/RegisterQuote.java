package dev.asterism.attestation.eventlog;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Judges the quote that lies beside a CCEL, of hardware that logs know nothing of. */
public interface RegisterQuote {
  /** What {@link #judge} asks. */
  List<CheckId> plan();

  /**
   * The registers that the bundle's file {@code quote} states, as a CCEL counts them.
   *
   * @param at the time to verify at
   * @return empty where a check failed
   * @throws MalformedException if the manifest is wrong
   */
  Optional<Map<Integer, Bytes>> judge(Checklist checks, Bundle bundle, Instant at)
      throws MalformedException;
}
