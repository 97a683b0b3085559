package dev.asterism.attestation.eventlog;

import dev.asterism.wire.Bytes;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The order in which firmware measures into PCR 4 (what it started) and PCR 7 (who vouched for it).
 * A log that replays may still tell another story by event types, which no digest covers; one that
 * tells none that firmware could is refused.
 */
public final class EventOrder {
  private static final Known CALLING_APPLICATION =
      Known.of(Bytes.ofUtf8("Calling EFI Application from Boot Option"));
  private static final Known RETURNING_APPLICATION =
      Known.of(Bytes.ofUtf8("Returning from EFI Application from Boot Option"));

  private static final Known SEPARATOR = Known.of(Bytes.zeros(4));
  private static final Known SEPARATOR_ONES = Known.of(Bytes.of(new byte[] {-1, -1, -1, -1}));

  /** What {@link #lacksAction} is called. */
  public static final String LACKS_ACTION =
      "PCR 4: an application without the action that calls it";

  private static final int BOOT_MANAGER = 4;
  private static final int SECURE_BOOT = 7;

  private EventOrder() {}

  /**
   * Judges the order of events in PCR 4 and 7.
   *
   * @return what is wrong, in words; empty where nothing is
   */
  public static Optional<String> violation(EventLog log) {
    return Optional.ofNullable(bootManager(log)).or(() -> Optional.ofNullable(secureBoot(log)));
  }

  /**
   * Whether applications were started though the firmware never said that it calls one. Some
   * machines' firmware does not say it; old peers refuse their logs.
   */
  public static boolean lacksAction(EventLog log) {
    boolean started =
        extendedInto(log, BOOT_MANAGER)
            .anyMatch(e -> e.type() == EventType.EFI_BOOT_SERVICES_APPLICATION);
    return started
        && extendedInto(log, BOOT_MANAGER).noneMatch(e -> e.measures(CALLING_APPLICATION));
  }

  private static @Nullable String bootManager(EventLog log) {
    boolean separated = false;
    boolean called = false;
    boolean started = false;
    for (EventLog.Event event : extendedInto(log, BOOT_MANAGER).toList()) {
      String disguise = disguise(event);
      if (disguise != null) {
        return "PCR 4: " + disguise;
      }
      if (event.type() == EventType.SEPARATOR) {
        if (separated) {
          return "PCR 4: a second separator";
        }
        separated = true;
      } else if (event.measures(CALLING_APPLICATION)) {
        if (started && !called) {
          return "PCR 4: an application before the action that calls it";
        }
        if (called) {
          return "PCR 4: the action that calls an application, twice";
        }
        called = true;
      } else if (event.measures(RETURNING_APPLICATION)) {
        called = false;
        started = false;
      } else if (event.type() == EventType.EFI_BOOT_SERVICES_APPLICATION) {
        if (!separated) {
          return "PCR 4: an application before the separator";
        }
        started = true;
      }
    }
    return null;
  }

  private static @Nullable String secureBoot(EventLog log) {
    boolean separated = false;
    for (EventLog.Event event : extendedInto(log, SECURE_BOOT).toList()) {
      String disguise = disguise(event);
      if (disguise != null) {
        return "PCR 7: " + disguise;
      }
      if (event.type() == EventType.SEPARATOR) {
        if (separated) {
          return "PCR 7: a second separator";
        }
        separated = true;
      } else if (event.type() == EventType.EFI_VARIABLE_AUTHORITY) {
        if (!separated) {
          return "PCR 7: an authority before the separator";
        }
      } else if (event.type() == EventType.EFI_VARIABLE_DRIVER_CONFIG) {
        if (separated) {
          return "PCR 7: a configuration variable after the separator";
        }
      } else if (event.type() != EventType.EFI_ACTION) {
        return "PCR 7: an unexpected event, " + EventType.name(event.type());
      }
    }
    return null;
  }

  /** Whether a separator or an action is none by its digest, or something else is one. */
  private static @Nullable String disguise(EventLog.Event event) {
    boolean separates = event.measures(SEPARATOR) || event.measures(SEPARATOR_ONES);
    if (separates != (event.type() == EventType.SEPARATOR)) {
      return separates
          ? "a separator under the name " + EventType.name(event.type())
          : "a separator whose digest is of something else";
    }
    if (event.type() == EventType.EFI_ACTION
        && !event.measures(Known.of(event.data(), event.digests().keySet()))) {
      return "an action whose digest is of something else";
    }
    if (event.type() != EventType.EFI_ACTION && event.measures(CALLING_APPLICATION)) {
      return "an action under the name " + EventType.name(event.type());
    }
    return null;
  }

  private static Stream<EventLog.Event> extendedInto(EventLog log, int register) {
    return log.events().stream().filter(e -> e.isExtended() && e.register() == register);
  }
}
