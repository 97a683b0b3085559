package dev.asterism.attestation.tpm;

import dev.asterism.attestation.eventlog.EventLog;
import java.io.IOException;

/** What firmware does on a real machine: extends its TPM by the events that it logs. */
public final class MeasuredBoot {
  private MeasuredBoot() {}

  /** Extends every event of {@code log} into the TPM, in order. */
  public static void extend(TpmClient client, EventLog log) throws IOException {
    for (EventLog.Event event : log.events()) {
      if (event.isExtended()) {
        client.pcrExtend((int) event.register(), event.digests());
      }
    }
  }
}
