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

  /** A CCEL's first unused four bytes, where the next register index would stand. */
  private static final long PADDING = 0xffffffffL;

  private static final int MAX_ALGORITHMS = 16;
  private static final int MAX_DIGEST = 64;

  private final ByteReader in;
  private final boolean padded;

  /** Digest size by TPM_ALG_ID. */
  private final Map<Integer, Integer> sizes = new LinkedHashMap<>();

  private EventLogParser(ByteReader in, boolean padded) {
    this.in = in;
    this.padded = padded;
  }

  static EventLog parse(Bytes log, boolean padded) throws MalformedException {
    return new EventLogParser(log.reader("event log"), padded).parse();
  }

  private EventLog parse() throws MalformedException {
    in.u32le("pcrIndex");
    if (in.u32le("eventType") != EventType.NO_ACTION) {
      throw new MalformedException("eventType", in.position(), "is not the Spec ID event's");
    }
    in.bytes("digest", SHA1_LENGTH);
    readSpecId(in.narrow("event", in.u32le("eventSize")));
    List<EventLog.Event> events = new ArrayList<>();
    while (in.remaining() > 0) {
      if (padded && in.remaining() < Integer.BYTES) {
        readPadding();
        break;
      }
      long register = in.u32le("pcrIndex");
      if (padded && register == PADDING) {
        readPadding();
        break;
      }
      events.add(readEvent(register));
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

  private EventLog.Event readEvent(long register) throws MalformedException {
    if (register > MAX_REGISTER) {
      throw new MalformedException("pcrIndex", in.position(), "is no register's");
    }
    long type = in.u32le("eventType");
    long count = in.u32le("digests.count");
    if (count > sizes.size()) {
      throw new MalformedException(
          "digests.count", in.position(), "is above the number of listed algorithms");
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

  private void readPadding() throws MalformedException {
    while (in.remaining() > 0) {
      if (in.u8("padding") != 0xff) {
        throw new MalformedException("padding", in.position(), "is not all 0xff");
      }
    }
  }

  private Set<Digests> banks() {
    Set<Digests> banks = EnumSet.noneOf(Digests.class);
    sizes.keySet().forEach(id -> TcgHash.of(id).ifPresent(banks::add));
    return banks;
  }
}
