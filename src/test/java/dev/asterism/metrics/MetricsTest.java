package dev.asterism.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  @Test
  void countsByLabel() {
    Counter counter = metrics.counter("asterism_joins_total", "Joins.", "result");
    counter.increment("accepted");
    counter.increment("accepted");
    counter.increment("refused");
    assertShows("# TYPE asterism_joins_total counter");
    assertShows("# HELP asterism_joins_total Joins.");
    assertShows("asterism_joins_total{result=\"accepted\"} 2.0");
    assertShows("asterism_joins_total{result=\"refused\"} 1.0");
  }

  @Test
  void sumsUpDurationsInSeconds() {
    Histogram histogram = metrics.histogram("asterism_quote_seconds", "Quotes.");
    histogram.observe(Duration.ofMillis(3));
    histogram.observe(Duration.ofSeconds(20));
    assertShows("# TYPE asterism_quote_seconds histogram");
    assertShows("asterism_quote_seconds_bucket{le=\"0.0025\"} 0");
    assertShows("asterism_quote_seconds_bucket{le=\"0.005\"} 1");
    assertShows("asterism_quote_seconds_bucket{le=\"+Inf\"} 2");
    assertShows("asterism_quote_seconds_count 2");
    assertShows("asterism_quote_seconds_sum 20.003");
  }

  @Test
  void asksForAGaugeAtEachScrape() {
    var generation = new AtomicInteger(1);
    metrics.gauge("asterism_policy_generation", "Generation.", generation::get);
    assertShows("asterism_policy_generation 1.0");
    generation.set(2);
    assertShows("asterism_policy_generation 2.0");
  }

  @Test
  void givesTheSameCounterForTheSameName() {
    assertSame(
        metrics.counter("asterism_a_total", "A."), metrics.counter("asterism_a_total", "A."));
    assertSame(
        metrics.histogram("asterism_a_seconds", "A."),
        metrics.histogram("asterism_a_seconds", "A."));
  }

  @Test
  void losesNoCountAmongThreads() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        threads.execute(() -> {
          for (int j = 0; j < 100; j++) {
            metrics.counter("asterism_a_total", "A.", "label").increment("x");
          }
        });
      }
    }
    assertShows("asterism_a_total{label=\"x\"} 10000.0");
  }

  @Test
  void twoRegistriesKnowNothingOfEachOther() {
    metrics.counter("asterism_a_total", "A.").increment();
    assertEquals("", new Metrics().scrape());
  }

  private void assertShows(String line) {
    String text = metrics.scrape();
    assertTrue(text.lines().anyMatch(line::equals), text);
  }
}
