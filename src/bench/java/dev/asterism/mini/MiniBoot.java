package dev.asterism.mini;

import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import java.io.IOException;

/** Lends the boot of mini's machines to benchmarks: they measure what {@code mini} shows. */
public final class MiniBoot {
  private MiniBoot() {}

  /** Switches a machine on; returns its firmware's log. */
  public static Bytes run(Tpm tpm) throws IOException {
    return MeasuredBoot.reference().run(tpm);
  }

  /** What its log holds. */
  public static EventLog log(Digests bank) {
    return MeasuredBoot.reference().log(bank);
  }
}
