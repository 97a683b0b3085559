package dev.asterism.rpc;

import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps strangers from filling the log: what is left out is counted, and said with the next line.
 */
public final class LogLimit {
  /** Enough for a cluster, too few to fill a disk. */
  private static final PeerLimits.Rate LINES = new PeerLimits.Rate(2, 100);

  /** Of a text that is a stranger's in part. */
  private static final int LONGEST = 512;

  private final System.Logger log;
  private final LongSupplier nanoTime;
  private final TokenBucket lines;
  private long leftOut;

  LogLimit(System.Logger log, PeerLimits.Rate rate, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    this.lines = new TokenBucket(rate, nanoTime.getAsLong());
  }

  /** For one kind of line. */
  public static LogLimit of(System.Logger log) {
    return new LogLimit(log, LINES, System::nanoTime);
  }

  /** As much of a text as one line may have. */
  public static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }

  /**
   * Writes a line, or counts it.
   *
   * @param line asked only where it is written
   */
  public void log(Level level, Supplier<String> line) {
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
