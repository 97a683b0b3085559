package dev.asterism.collateral;

import java.time.Duration;

/**
 * How long things may take, and how much there may be.
 *
 * @param patience how long one who asks waits; what is not there then is looked for further, for
 *     the next one
 * @param request for one request upstream
 * @param flight for all requests for one thing, pauses included
 * @param fresh how long replaceable things are not looked for again
 * @param absent how long nobody asks again for what a service does not have
 * @param failed how long nobody asks again after a failure
 * @param flights at most, at a time
 */
public record Limits(
    Duration patience,
    Duration request,
    Duration flight,
    Duration fresh,
    Duration absent,
    Duration failed,
    int flights) {

  /** Handshakes end after 30 s; two things may be missing. */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofHours(12),
          Duration.ofMinutes(5),
          Duration.ofSeconds(15),
          64);
}
