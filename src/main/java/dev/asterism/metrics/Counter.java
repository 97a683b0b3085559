package dev.asterism.metrics;

/** Counts events; safe for concurrent use. */
public final class Counter {
  private final io.prometheus.metrics.core.metrics.Counter counter;

  Counter(io.prometheus.metrics.core.metrics.Counter counter) {
    this.counter = counter;
  }

  /** Counts one event; as many values as the counter has labels. */
  public void increment(String... labelValues) {
    counter.labelValues(labelValues).inc();
  }
}
