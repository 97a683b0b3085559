package dev.asterism.metrics;

import java.time.Duration;

/**
 * What a plain HTTP port grants.
 *
 * @param head the largest request line with headers, in bytes
 * @param request from the connection to the end of the headers
 * @param answer until the answer has left
 * @param connections open at a time
 * @param perPeer of them, those of one address (of IPv6, one /64)
 */
public record HttpLimits(
    int head, Duration request, Duration answer, int connections, int perPeer) {
  public static final HttpLimits DEFAULT =
      new HttpLimits(16 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(10), 512, 128);

  public HttpLimits {
    if (head < 1 || !request.isPositive() || !answer.isPositive()) {
      throw new IllegalArgumentException("a limit is not positive");
    }
  }
}
