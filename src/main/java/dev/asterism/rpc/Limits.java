package dev.asterism.rpc;

import java.time.Duration;

/**
 * What a server grants.
 *
 * @param message the largest request, in bytes
 * @param headers the largest request headers, in bytes
 * @param handshake from the connection to its first possible call, evidence and its verification on
 *     both sides included
 * @param idle a connection without calls is closed after this
 * @param call one call, from its first byte to its answer's last
 * @param inFlight calls at a time, over all connections
 */
public record Limits(
    int message, int headers, Duration handshake, Duration idle, Duration call, int inFlight) {

  /** Each side may take 30 s to verify the other. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(70);

  public static final Limits DEFAULT =
      new Limits(
          4 * 1024 * 1024, 8 * 1024, HANDSHAKE, Duration.ofMinutes(5), Duration.ofSeconds(60), 256);

  public Limits {
    if (message <= 0 || headers <= 0 || inFlight <= 0) {
      throw new IllegalArgumentException("a limit is not positive");
    }
    if (!handshake.isPositive() || !idle.isPositive() || !call.isPositive()) {
      throw new IllegalArgumentException("a time limit is not positive");
    }
  }

  public Limits withCall(Duration limit) {
    return new Limits(message, headers, handshake, idle, limit, inFlight);
  }

  public Limits withHandshake(Duration limit) {
    return new Limits(message, headers, limit, idle, call, inFlight);
  }

  public Limits withIdle(Duration limit) {
    return new Limits(message, headers, handshake, limit, call, inFlight);
  }

  public Limits withMessage(int bytes) {
    return new Limits(bytes, headers, handshake, idle, call, inFlight);
  }

  public Limits withInFlight(int calls) {
    return new Limits(message, headers, handshake, idle, call, calls);
  }
}
