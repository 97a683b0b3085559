package dev.asterism.attestation.eventlog;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A crypto-agile event log (TCG PC Client Platform Firmware Profile, section 10). Nobody signs it:
 * it explains register values and is worth as much as its {@link #replay} agrees with them. Only
 * digests are replayed; type and data of an event are the host's word.
 *
 * @param banks the hashes of its header that we know
 * @param events all but the header, in order
 */
public record EventLog(Set<Digests> banks, List<Event> events) {
  private static final Bytes STARTUP_LOCALITY = Bytes.ofUtf8("StartupLocality\0");

  /**
   * TCG_PCR_EVENT2.
   *
   * @param register PCR index; in a CCEL 0 = MRTD, 1 to 4 = RTMR 0 to 3
   * @param type see {@link EventType}
   * @param digests by bank; digests of hashes that we do not know are left out
   */
  public record Event(long register, long type, Map<Digests, Bytes> digests, Bytes data) {
    public Event {
      digests = Collections.unmodifiableMap(new TreeMap<>(digests));
    }

    /** Whether it was extended into its register. */
    public boolean isExtended() {
      return type != EventType.NO_ACTION;
    }

    /** Whether its digest is, in every bank, that of {@code content}. */
    boolean measures(Known content) {
      return !digests.isEmpty() && content.digests().entrySet().containsAll(digests.entrySet());
    }
  }

  public EventLog {
    banks = Collections.unmodifiableSet(banks.isEmpty() ? Set.of() : EnumSet.copyOf(banks));
    events = List.copyOf(events);
  }

  /** Reads the log of a TPM's firmware; nothing may follow the last event. */
  public static EventLog parse(Bytes log) throws MalformedException {
    return EventLogParser.parse(log, false);
  }

  /** Reads an ACPI CCEL; only 0xff, or only zeros, may follow the last event. */
  public static EventLog parseCcel(Bytes log) throws MalformedException {
    return EventLogParser.parse(log, true);
  }

  /**
   * What the registers that have events must hold.
   *
   * @throws IllegalArgumentException if the log has no such bank
   */
  public SortedMap<Integer, Bytes> replay(Digests bank) {
    if (!banks.contains(bank)) {
      throw new IllegalArgumentException("the log has no " + bank.algorithm() + " digests");
    }
    SortedMap<Integer, Bytes> registers = new TreeMap<>();
    Bytes start = Bytes.zeros(bank.length());
    MessageDigest extension = bank.start();
    for (Event event : events) {
      int register = (int) event.register();
      Bytes digest = event.digests().get(bank);
      if (event.isExtended()) {
        if (digest != null) {
          registers.getOrDefault(register, start).updateTo(extension);
          digest.updateTo(extension);
          registers.put(register, Bytes.of(extension.digest()));
        }
      } else if (isStartupLocality(event) && !registers.containsKey(0)) {
        int locality = event.data().at(STARTUP_LOCALITY.length());
        registers.put(
            0,
            Bytes.concat(Bytes.zeros(bank.length() - 1), Bytes.of(new byte[] {(byte) locality})));
      }
    }
    return registers;
  }

  private static boolean isStartupLocality(Event event) {
    return event.register() == 0
        && event.data().length() == STARTUP_LOCALITY.length() + 1
        && event.data().slice(0, STARTUP_LOCALITY.length()).equals(STARTUP_LOCALITY);
  }
}
