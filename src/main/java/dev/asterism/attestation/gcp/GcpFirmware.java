package dev.asterism.attestation.gcp;

import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLog.Event;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Google's firmware says of itself and of the machine, in PCR 0 before the separator. Only as
 * good as the replay of the log against a genuine quote.
 */
record GcpFirmware(int version, Technology technology) {
  private static final Pattern VERSION = Pattern.compile("GCE Virtual Firmware v([0-9]{1,9})\0");
  private static final Bytes NONHOST_INFO = Bytes.ofUtf8("GCE NonHostInfo\0");
  private static final int NONHOST_INFO_LENGTH = 32;

  /** How the machine's memory is protected. */
  enum Technology {
    NONE,
    SEV,
    SEV_ES,
    TDX,
    SEV_SNP
  }

  static GcpFirmware of(EventLog log) throws MalformedException {
    return new GcpFirmware(
        version(only(log, EventType.S_CRTM_VERSION)),
        technology(only(log, EventType.NONHOST_INFO)));
  }

  /** The data of the one event of that type, which its digests must be of. */
  private static Bytes only(EventLog log, long type) throws MalformedException {
    String name = EventType.name(type);
    List<Event> found = new ArrayList<>();
    for (Event event : log.events()) {
      if (event.register() != 0) {
        continue;
      }
      if (event.type() == EventType.SEPARATOR) {
        break;
      }
      if (event.type() == type) {
        found.add(event);
      }
    }
    if (found.size() != 1) {
      throw new MalformedException(name, "is not in PCR 0 exactly once before the separator");
    }
    Event event = found.getFirst();
    boolean measured =
        event.digests().entrySet().stream()
            .allMatch(digest -> digest.getKey().of(event.data()).equals(digest.getValue()));
    if (!measured || event.digests().isEmpty()) {
      throw new MalformedException(name, "has a digest that is not of its data");
    }
    return event.data();
  }

  private static int version(Bytes data) throws MalformedException {
    Matcher matcher = VERSION.matcher(new String(data.toArray(), StandardCharsets.UTF_16LE));
    if (!matcher.matches()) {
      throw new MalformedException("EV_S_CRTM_VERSION", "is not that of GCE's firmware");
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static Technology technology(Bytes data) throws MalformedException {
    if (data.length() != NONHOST_INFO_LENGTH) {
      throw new MalformedException("EV_NONHOST_INFO", "is not of 32 bytes");
    }
    ByteReader in = data.reader("EV_NONHOST_INFO");
    if (!in.bytes("signature", NONHOST_INFO.length()).equals(NONHOST_INFO)) {
      throw new MalformedException("EV_NONHOST_INFO", "is not that of GCE's firmware");
    }
    int technology = in.u8("technology");
    if (technology >= Technology.values().length) {
      throw new MalformedException("EV_NONHOST_INFO", "names a technology that we do not know");
    }
    return Technology.values()[technology];
  }
}
