package dev.asterism.attestation.eventlog;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.tdx.CcelQuote;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.MeasuredBootData;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Firmware's logs, and the registers that bundles hold beside them. */
public final class EventLogFuzz {
  private static final Bytes LOG =
      new EventLogWriter(EnumSet.of(Digests.SHA256, Digests.SHA384))
          .startupLocality(3)
          .event(0, EventType.S_CRTM_VERSION, Bytes.ofUtf8("v1"))
          .action(4, "Calling EFI Application from Boot Option")
          .separators()
          .measured(4, EventType.EFI_BOOT_SERVICES_APPLICATION, Bytes.zeros(9), Bytes.zeros(32))
          .toBytes();

  private EventLogFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
                "EventLog",
                log -> used(EventLog.parse(log)),
                () -> List.of(LOG, MeasuredBootData.GOOD.file("eventlog.bin")))
            .writing(EventLogFuzz::write),
        FuzzTarget.of(
                "CcelEventLog",
                log -> used(EventLog.parseCcel(log)),
                () -> List.of(LOG, Bytes.concat(LOG, Bytes.of(new byte[] {-1, -1, -1, -1, -1}))))
            .writing(EventLogFuzz::write),
        FuzzTarget.of("EventLogRegisters", EventLogFuzz::judge, EventLogFuzz::registers)
            .quoting("the person at the shell must know which register is meant"));
  }

  /** Does what a verifier does with a log; one that has only hashes of others is no use to it. */
  private static EventLog used(EventLog log) throws MalformedException {
    if (log.banks().isEmpty()) {
      throw new MalformedException("event log", "has no bank that we know");
    }
    // Written without the digests that we do not know it reads as padding.
    if (log.events().stream().anyMatch(e -> e.type() == 0 && e.digests().isEmpty())) {
      throw new MalformedException("event log", "has an event of no bank that we know");
    }
    for (Digests bank : log.banks()) {
      SortedMap<Integer, Bytes> replayed = log.replay(bank);
      LogReplay.compare(log, bank, replayed)
          .forEach(finding -> {
            if (!finding.holds()) {
              throw new AssertionError("a log does not replay to what it replays to");
            }
          });
    }
    boolean _ = EventOrder.violation(log).isEmpty() && EventOrder.lacksAction(log);
    return log;
  }

  private static Bytes write(EventLog log) throws MalformedException {
    var writer = new EventLogWriter(log.banks());
    log.events().forEach(writer::add);
    return writer.toBytes();
  }

  private static Object judge(Bytes registers) throws MalformedException {
    var bundle =
        new Bundle("tcg-eventlog", Json.newObject(), Map.of("log", LOG, "registers", registers));
    return new EventLogKind(new CcelQuote())
        .appraise(bundle, Bundle.Ruling.NONE, Instant.EPOCH)
        .toJson();
  }

  private static List<Bytes> registers() throws MalformedException {
    var banks = Json.newObject();
    EventLog log = EventLog.parse(LOG);
    for (Digests bank : log.banks()) {
      var values =
          banks.putObject(bank.algorithm().replace("-", "").toLowerCase(java.util.Locale.ROOT));
      new TreeMap<>(log.replay(bank))
          .forEach((register, value) -> values.put(Integer.toString(register), value.hex()));
    }
    return List.of(Bytes.ofUtf8(Json.line(banks)));
  }
}
