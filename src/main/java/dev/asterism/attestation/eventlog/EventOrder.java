package dev.asterism.attestation.eventlog;

import dev.asterism.wire.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The order of events in PCR 4 and 7. Types are the host's word and registers hold digests in their
 * order whatever the types say, so a strange order is worth a warning and proves nothing; real
 * firmware writes some, which old peers refuse.
 */
public final class EventOrder {
  private static final int BOOT_MANAGER = 4;
  private static final int SECURE_BOOT = 7;
  private static final Bytes CALLING = Bytes.ofUtf8("Calling EFI Application from Boot Option");

  private EventOrder() {}

  /** What is strange about the order of the log's events; empty where nothing is. */
  public static List<String> oddities(EventLog log) {
    return Stream.of(bootManager(log), secureBoot(log)).flatMap(Optional::stream).toList();
  }

  /** The firmware says that it calls an application before it measures one. */
  private static Optional<String> bootManager(EventLog log) {
    boolean called = false;
    for (EventLog.Event event : log.events()) {
      if (event.register() != BOOT_MANAGER || !event.isExtended()) {
        continue;
      }
      if (event.type() == EventType.EFI_ACTION && event.measures(CALLING)) {
        called = true;
      } else if (event.type() == EventType.EFI_BOOT_SERVICES_APPLICATION && !called) {
        return Optional.of("PCR 4: an application is measured before it is called");
      }
    }
    return Optional.empty();
  }

  /** Authorities are used, and measured, only after the configuration is closed. */
  private static Optional<String> secureBoot(EventLog log) {
    boolean closed = false;
    for (EventLog.Event event : log.events()) {
      if (event.register() != SECURE_BOOT || !event.isExtended()) {
        continue;
      }
      if (event.type() == EventType.SEPARATOR) {
        if (closed) {
          return Optional.of("PCR 7: a second separator");
        }
        closed = true;
      } else if (event.type() == EventType.EFI_VARIABLE_AUTHORITY && !closed) {
        return Optional.of("PCR 7: an authority is used before the separator");
      } else if (event.type() == EventType.EFI_VARIABLE_DRIVER_CONFIG && closed) {
        return Optional.of("PCR 7: the configuration is measured after the separator");
      }
    }
    return Optional.empty();
  }
}
