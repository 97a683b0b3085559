package dev.asterism.attestation.eventlog;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads TCG_PCR_EVENT with the Spec ID event, then TCG_PCR_EVENT2, little endian. */
final class EventLogParser {
  static final Bytes SPEC_ID = Bytes.ofUtf8("Spec ID Event03\0");

  private static final int SHA1_LENGTH = 20;

  /** Registers beyond this exist nowhere; it keeps indices in an int. */
  private static final long MAX_REGISTER = 1023;

  private static final int UNUSED = 0xff;

  private static final int MAX_ALGORITHMS = 16;
  private static final int MAX_DIGEST = 64;

  private final ByteReader in;

  /** No event begins here or behind. */
  private final int end;

  /** Digest size by TPM_ALG_ID. */
  private final Map<Integer, Integer> sizes = new LinkedHashMap<>();

  private EventLogParser(Bytes log, boolean padded) {
    this.in = log.reader("event log");
    this.end = padded ? paddingOf(log) : log.length();
  }

  static EventLog parse(Bytes log, boolean padded) throws MalformedException {
    return new EventLogParser(log, padded).parse();
  }

  private EventLog parse() throws MalformedException {
    in.u32le("pcrIndex");
    if (in.u32le("eventType") != EventType.NO_ACTION) {
      throw new MalformedException("eventType", in.position(), "is not the Spec ID event's");
    }
    in.bytes("digest", SHA1_LENGTH);
    readSpecId(in.narrow("event", in.u32le("eventSize")));
    List<EventLog.Event> events = new ArrayList<>();
    while (in.position() < end) {
      events.add(readEvent());
    }
    return new EventLog(banks(), events);
  }

  private void readSpecId(ByteReader event) throws MalformedException {
    if (!event.bytes("signature", SPEC_ID.length()).equals(SPEC_ID)) {
      throw new MalformedException("signature", event.position(), "is not \"Spec ID Event03\"");
    }
    event.u32le("platformClass");
    event.u8("specVersionMinor");
    if (event.u8("specVersionMajor") != 2) {
      throw new MalformedException("specVersionMajor", event.position(), "is not 2");
    }
    event.u8("specErrata");
    event.u8("uintnSize");
    long count = event.u32le("numberOfAlgorithms");
    if (count < 1 || count > MAX_ALGORITHMS) {
      throw new MalformedException(
          "numberOfAlgorithms", event.position(), "is not between 1 and " + MAX_ALGORITHMS);
    }
    for (long i = 0; i < count; i++) {
      readAlgorithm(event);
    }
    event.bytes("vendorInfo", event.u8("vendorInfoSize"));
    event.end();
  }

  private void readAlgorithm(ByteReader event) throws MalformedException {
    int id = event.u16le("algorithmId");
    int size = event.u16le("digestSize");
    int known = TcgHash.of(id).map(Digests::length).orElse(size);
    if (size != known || size < 1 || size > MAX_DIGEST) {
      throw new MalformedException("digestSize", event.position(), "is not that of its algorithm");
    }
    if (sizes.put(id, size) != null) {
      throw new MalformedException("algorithmId", event.position(), "is listed twice");
    }
  }

  private EventLog.Event readEvent() throws MalformedException {
    long register = in.u32le("pcrIndex");
    long type = in.u32le("eventType");
    // What is not extended may be of no register: Windows says so of its trust point.
    if (register > MAX_REGISTER && type != EventType.NO_ACTION) {
      throw new MalformedException("pcrIndex", in.position(), "is no register's");
    }
    long count = in.u32le("digests.count");
    if (count > sizes.size()) {
      throw new MalformedException(
          "digests.count", in.position(), "is above the number of listed algorithms");
    }
    // Zeros behind the last event would read as events.
    if (count == 0 && type == 0) {
      throw new MalformedException("digests.count", in.position(), "is 0: zeros are no event");
    }
    Map<Digests, Bytes> digests = new EnumMap<>(Digests.class);
    Set<Integer> seen = new HashSet<>();
    for (long i = 0; i < count; i++) {
      int id = in.u16le("digests.algorithmId");
      Integer size = sizes.get(id);
      if (size == null) {
        throw new MalformedException(
            "digests.algorithmId", in.position(), "is not listed by the Spec ID event");
      }
      if (!seen.add(id)) {
        throw new MalformedException("digests.algorithmId", in.position(), "occurs twice");
      }
      Bytes digest = in.bytes("digests.digest", size);
      TcgHash.of(id).ifPresent(hash -> digests.put(hash, digest));
    }
    Bytes data = in.bytes("event", in.u32le("eventSize"));
    return new EventLog.Event(register, type, digests, data);
  }

  /** Where the unused bytes at the end begin: 0xff, or zeros of firmware that wrote none. */
  private static int paddingOf(Bytes log) {
    int from = log.length();
    int last = from == 0 ? -1 : log.at(from - 1);
    if (last == 0 || last == UNUSED) {
      while (from > 0 && log.at(from - 1) == last) {
        from--;
      }
    }
    return from;
  }

  private Set<Digests> banks() {
    Set<Digests> banks = EnumSet.noneOf(Digests.class);
    sizes.keySet().forEach(id -> TcgHash.of(id).ifPresent(banks::add));
    return banks;
  }
}
