package dev.asterism.rpc;

import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps strangers from filling the log: what is left out is counted, and said with the next line.
 */
final class LogLimit {
  private final System.Logger log;
  private final LongSupplier nanoTime;
  private final TokenBucket lines;
  private long leftOut;

  LogLimit(System.Logger log, PeerLimits.Rate rate, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    this.lines = new TokenBucket(rate, nanoTime.getAsLong());
  }

  void log(Level level, Supplier<String> line) {
    if (!log.isLoggable(level)) {
      return;
    }
    long before;
    synchronized (this) {
      if (!lines.has(nanoTime.getAsLong())) {
        leftOut++;
        return;
      }
      lines.take();
      before = leftOut;
      leftOut = 0;
    }
    log.log(level, before == 0 ? line.get() : line.get() + " (" + before + " such lines left out)");
  }
}
