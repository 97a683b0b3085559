package dev.asterism.attestation.eventlog;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a crypto-agile event log as firmware does. It extends nothing: whoever has a TPM extends
 * the digests of {@link #log} beside it.
 */
public final class EventLogWriter {
  private static final Bytes SEPARATOR = Bytes.zeros(4);

  /** PCRs that the firmware closes with a separator before it hands over. */
  private static final int SEPARATED = 8;

  private final Set<Digests> banks;
  private final List<EventLog.Event> events = new ArrayList<>();

  /**
   * @param banks the hashes of every event
   */
  public EventLogWriter(Set<Digests> banks) {
    this.banks = EnumSet.copyOf(banks);
  }

  /** An event whose digest is that of its data: separators, actions, variables. */
  public EventLogWriter event(int register, long type, Bytes data) {
    return measured(register, type, data, data);
  }

  /** An event whose digest is that of something else, which its data describes. */
  public EventLogWriter measured(int register, long type, Bytes content, Bytes data) {
    Map<Digests, Bytes> digests = new EnumMap<>(Digests.class);
    banks.forEach(bank -> digests.put(bank, bank.of(content)));
    return add(new EventLog.Event(register, type, digests, data));
  }

  /** Any event; without a digest for a bank that bank is not extended. */
  public EventLogWriter add(EventLog.Event event) {
    events.add(event);
    return this;
  }

  /** An action of the firmware, measured as its words. */
  public EventLogWriter action(int register, String words) {
    return event(register, EventType.EFI_ACTION, Bytes.ofUtf8(words));
  }

  public EventLogWriter separator(int register) {
    return event(register, EventType.SEPARATOR, SEPARATOR);
  }

  /** One separator for each PCR from 0 to 7. */
  public EventLogWriter separators() {
    for (int register = 0; register < SEPARATED; register++) {
      separator(register);
    }
    return this;
  }

  /** Says that TPM2_Startup came from that locality, which PCR 0 then starts with. */
  public EventLogWriter startupLocality(int locality) {
    Map<Digests, Bytes> zeros = new EnumMap<>(Digests.class);
    banks.forEach(bank -> zeros.put(bank, Bytes.zeros(bank.length())));
    Bytes data =
        Bytes.concat(Bytes.ofUtf8("StartupLocality\0"), Bytes.of(new byte[] {(byte) locality}));
    return add(new EventLog.Event(0, EventType.NO_ACTION, zeros, data));
  }

  /** What was written so far. */
  public EventLog log() {
    return new EventLog(banks, events);
  }

  /** The log as firmware leaves it. */
  public Bytes toBytes() {
    ByteWriter out = new ByteWriter();
    Bytes specId = specId();
    out.u32le(0).u32le(EventType.NO_ACTION).bytes(Bytes.zeros(20));
    out.u32le(specId.length()).bytes(specId);
    for (EventLog.Event event : events) {
      out.u32le(event.register()).u32le(event.type()).u32le(event.digests().size());
      event.digests().forEach((hash, digest) -> out.u16le(TcgHash.id(hash)).bytes(digest));
      out.u32le(event.data().length()).bytes(event.data());
    }
    return out.toBytes();
  }

  private Bytes specId() {
    ByteWriter out = new ByteWriter().bytes(EventLogParser.SPEC_ID);
    // platformClass, specVersion 2.0 errata 0, uintnSize (64 bit)
    out.u32le(0).u8(0).u8(2).u8(0).u8(2).u32le(banks.size());
    banks.forEach(bank -> out.u16le(TcgHash.id(bank)).u16le(bank.length()));
    return out.u8(0).toBytes();
  }
}
