package dev.asterism.attestation.eventlog;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Stage;

/** The checks that everybody makes who holds a log against registers. */
public final class EventLogChecks {
  /** Events of PCR 4 and 7 stand in the order in which firmware measures them. */
  public static final CheckId ORDER = new CheckId("eventlog.order", Stage.PCRS);

  /** Expected: what the register holds. Actual: what the log replays to. */
  public static final CheckId REPLAY = new CheckId("eventlog.replay", Stage.PCRS);

  private EventLogChecks() {}
}
