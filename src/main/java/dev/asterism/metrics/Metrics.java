package dev.asterism.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * The counters of one process, in a registry of their own. A label's values come from a closed set:
 * never an address, id or other text of a stranger, each of which would stay for ever.
 */
public final class Metrics {
  /** What {@link #scrape} gives, for HTTP. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /** From half a millisecond, a quote of a software TPM, to the 30 s of one verification. */
  private static final double[] SECONDS = {
    .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Map<String, Histogram> histograms = new ConcurrentHashMap<>();

  /**
   * The counter of that name; one, however often it is asked for.
   *
   * @param name in Prometheus' style, with unit, ending in {@code _total}
   */
  public Counter counter(String name, String help, String... labelNames) {
    return counters.computeIfAbsent(
        name,
        n ->
            new Counter(
                io.prometheus.metrics.core.metrics.Counter.builder()
                    .name(n)
                    .help(help)
                    .labelNames(labelNames)
                    .register(registry)));
  }

  /**
   * The histogram of that name, of durations in seconds from 0.5 ms to 30 s.
   *
   * @param name in Prometheus' style, ending in {@code _seconds}
   */
  public Histogram histogram(String name, String help, String... labelNames) {
    return histograms.computeIfAbsent(
        name,
        n ->
            new Histogram(
                io.prometheus.metrics.core.metrics.Histogram.builder()
                    .name(n)
                    .help(help)
                    .labelNames(labelNames)
                    .classicOnly()
                    .classicUpperBounds(SECONDS)
                    .register(registry)));
  }

  /** A value that is asked for at each scrape; once per name. */
  public void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  /** All of it in Prometheus' text format. */
  public String scrape() {
    var out = new ByteArrayOutputStream();
    try {
      writer.write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
