package dev.asterism.metrics;

import java.time.Duration;

/** Sums up how long something takes; safe for concurrent use. */
public final class Histogram {
  private static final double NANOS = 1e9;

  private final io.prometheus.metrics.core.metrics.Histogram histogram;

  Histogram(io.prometheus.metrics.core.metrics.Histogram histogram) {
    this.histogram = histogram;
  }

  /** Adds one observation; as many values as the histogram has labels. */
  public void observe(Duration duration, String... labelValues) {
    histogram.labelValues(labelValues).observe(duration.toNanos() / NANOS);
  }
}
