package dev.asterism.metrics;

/**
 * Counts what a limit turned away, in {@code asterism_refusals_total}: {@code limit} says which
 * one, {@code scope} whether it was the peer's own share or all that there is.
 */
public final class Refusals {
  private final Counter counter;

  public Refusals(Metrics metrics) {
    counter =
        metrics.counter("asterism_refusals_total", "What a limit turned away.", "limit", "scope");
  }

  /**
   * The peer had its share.
   *
   * @param limit of a closed set
   */
  public void peer(String limit) {
    counter.increment(limit, "peer");
  }

  /**
   * There was none left for anybody, or the limit is one of each connection or call.
   *
   * @param limit of a closed set
   */
  public void any(String limit) {
    counter.increment(limit, "any");
  }
}
