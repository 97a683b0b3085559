package dev.asterism.rpc;

/** Holds to a rate; not safe for concurrent use. */
final class TokenBucket {
  private static final double NANOS = 1e9;

  private final PeerLimits.Rate rate;
  private double tokens;
  private long filledAt;

  /** A full one. */
  TokenBucket(PeerLimits.Rate rate, long nanoTime) {
    this.rate = rate;
    this.tokens = rate.burst();
    this.filledAt = nanoTime;
  }

  /** Whether there is a token at that time. */
  boolean has(long nanoTime) {
    // Across System.nanoTime's overflow too.
    double elapsed = Math.max(0, nanoTime - filledAt) / NANOS;
    tokens = Math.min(rate.burst(), tokens + elapsed * rate.perSecond());
    filledAt = nanoTime;
    return tokens >= 1;
  }

  /** Whether so many more than one are left at the time of the last {@link #has}. */
  boolean hasBeyond(double kept) {
    return tokens >= 1 + kept;
  }

  /** Takes a token, after {@link #has} said yes. */
  void take() {
    tokens--;
  }
}
