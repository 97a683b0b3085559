package dev.asterism.collateral;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What was asked for in vain, and until when nobody asks again. */
final class Refusals {
  /** A stranger can name as many chips as he likes. */
  private static final int MOST = 4096;

  private final Map<String, Refusal> known = new ConcurrentHashMap<>();

  private record Refusal(String reason, Instant until) {}

  Optional<String> of(String key, Instant now) {
    Refusal refusal = known.get(key);
    if (refusal == null) {
      return Optional.empty();
    }
    if (now.isAfter(refusal.until())) {
      known.remove(key, refusal);
      return Optional.empty();
    }
    return Optional.of(refusal.reason());
  }

  void add(String key, String reason, Instant until) {
    if (known.size() >= MOST) {
      known.keySet().stream().findAny().ifPresent(known::remove);
    }
    known.put(key, new Refusal(reason, until));
  }
}
