package dev.asterism.collateral;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** From when on a service may be asked again, after it said that it is too much. */
final class Gates {
  private final Map<String, Instant> closed = new ConcurrentHashMap<>();

  Instant opens(String service) {
    return closed.getOrDefault(service, Instant.EPOCH);
  }

  /** Closes it until then, or later where it is closed for longer. */
  void close(String service, Instant until) {
    closed.merge(service, until, (one, other) -> one.isAfter(other) ? one : other);
  }

  void open(String service) {
    closed.remove(service);
  }
}
