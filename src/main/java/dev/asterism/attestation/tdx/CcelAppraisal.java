package dev.asterism.attestation.tdx;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLogChecks;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds a CCEL against quoted registers. */
final class CcelAppraisal {
  static final CheckId REPLAY = EventLogChecks.REPLAY;

  /**
   * RTMR 2 takes the cluster ID and RTMR 3 what programs like, after the log was written: they are
   * appraised by value.
   */
  private static final Set<Integer> EXTENDED_LATER = Set.of(3, 4);

  private CcelAppraisal() {}

  static void replay(Checklist checks, @Nullable EventLog log, TdQuoteBody body) {
    if (log == null) {
      checks.warn(REPLAY, "the document carries no event log: nothing explains the registers");
      return;
    }
    if (!log.banks().contains(Digests.SHA384)) {
      checks.fail(REPLAY, "the log has no SHA-384 digests");
      return;
    }
    Map<Integer, Bytes> registers = body.measurements();
    List<String> notes = new ArrayList<>();
    boolean good = true;
    for (Map.Entry<Integer, Bytes> entry : log.replay(Digests.SHA384).entrySet()) {
      String name = Variant.TDX.registerName(entry.getKey());
      Bytes actual = registers.get(entry.getKey());
      if (Objects.equals(actual, entry.getValue())) {
        notes.add(name + " replays");
      } else if (EXTENDED_LATER.contains(entry.getKey())) {
        notes.add(name + " was extended after the log");
      } else {
        good = false;
        checks.add(
            REPLAY,
            name + " of the event log",
            Outcome.FAILED,
            actual == null ? "no such register" : actual.hex(),
            entry.getValue().hex(),
            "");
      }
    }
    if (good && notes.isEmpty()) {
      checks.warn(REPLAY, "the log has no events: nothing explains the registers");
    } else if (good) {
      checks.pass(REPLAY, String.join("; ", notes));
    }
  }
}
