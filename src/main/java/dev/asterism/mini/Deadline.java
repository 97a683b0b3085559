package dev.asterism.mini;

import java.time.Duration;

/** A point in time by which something must be done. */
final class Deadline {
  private final long end;

  Deadline(Duration timeout) {
    end = System.nanoTime() + timeout.toNanos();
  }

  boolean passed() {
    return System.nanoTime() - end > 0;
  }

  Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }
}
