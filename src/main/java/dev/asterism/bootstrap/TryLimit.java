package dev.asterism.bootstrap;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often one peer may be wrong: some tries at once, then one per interval. Remembers the latest
 * peers only; measured in time that nobody can set back.
 */
final class TryLimit {
  private static final int MAX_PEERS = 4096;

  private final int burst;
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private final Map<String, Long> spentUntil =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_PEERS;
        }
      };

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  TryLimit(int burst, Duration interval, LongSupplier nanoTime) {
    this.burst = burst;
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Takes one try; false: there is none left for now. */
  synchronized boolean take(String peer) {
    long now = nanoTime.getAsLong();
    // A full allowance is one that was used up `burst` intervals ago.
    long full = now - burst * intervalNanos;
    long spent = spentUntil.getOrDefault(peer, full);
    spent = (spent - full < 0 ? full : spent) + intervalNanos;
    if (spent - now > 0) {
      return false;
    }
    spentUntil.put(peer, spent);
    return true;
  }

  /** Gives one back: it was right. */
  synchronized void giveBack(String peer) {
    spentUntil.computeIfPresent(peer, (key, spent) -> spent - intervalNanos);
  }
}
