package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Check;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said where a log does not explain the quoted registers. */
class CcelAppraisalTest {
  private static final Bytes BOOT = Bytes.ofUtf8("boot");
  private static final Bytes REPLAYED = Digests.SHA384.of(Bytes.zeros(48), Digests.SHA384.of(BOOT));

  private final EventLogWriter log = new EventLogWriter(Set.of(Digests.SHA384));
  private final ForgedTdx forged = ForgedTdx.genuine();

  private void event(int register) {
    log.event(register, EventType.EFI_VARIABLE_BOOT, BOOT);
  }

  private List<Check> replay() throws MalformedException {
    Checklist checks = new Checklist(List.of(CcelAppraisal.REPLAY));
    CcelAppraisal.replay(
        checks, EventLog.parseCcel(log.toBytes()), TdQuote.parse(forged.quote.make()).body());
    return checks.conclude(null).checks();
  }

  private static List<Check> refused(String register, String actual) {
    return List.of(
        new Check(
            CcelAppraisal.REPLAY,
            register + " of the event log",
            Outcome.FAILED,
            actual,
            REPLAYED.hex(),
            ""));
  }

  @Test
  void aRegisterWithAnotherValueIsNamedWithBoth() throws Exception {
    event(1);

    assertEquals(refused("RTMR 0", "00".repeat(48)), replay());
  }

  @Test
  void aRegisterThatNoQuoteHasIsNamed() throws Exception {
    event(5);

    assertEquals(refused("RTMR 4", "no such register"), replay());
  }

  @Test
  void oneThatReplaysExcusesNoOther() throws Exception {
    event(1);
    event(2);
    forged.quote.rtmrs.set(0, REPLAYED);

    assertEquals(refused("RTMR 1", "00".repeat(48)), replay());
  }
}
