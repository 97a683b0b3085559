package dev.asterism.audit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often something may happen within a while, for each of many; not safe for concurrent use. */
final class Allowances<K> {
  private static final int MAX_KNOWN = 4096;

  private final int times;
  private final long window;

  /** The oldest first: whoever is forgotten begins anew, and a common limit holds for all. */
  private final Map<K, Used> known = new LinkedHashMap<>();

  private record Used(long since, int times) {}

  Allowances(int times, Duration window) {
    this.times = times;
    this.window = window.toNanos();
  }

  boolean has(K key, long now) {
    Used used = known.get(key);
    return used == null || now - used.since() >= window || used.times() < times;
  }

  void use(K key, long now) {
    Used used = known.get(key);
    if (used != null && now - used.since() < window) {
      known.put(key, new Used(used.since(), used.times() + 1));
      return;
    }
    known.remove(key);
    if (known.size() >= MAX_KNOWN) {
      known.remove(known.keySet().iterator().next());
    }
    known.put(key, new Used(now, 1));
  }
}
