package dev.asterism.collateral;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long to leave a service alone. */
final class BackOff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** A service that asks for more than that is asked again nevertheless. */
  private static final Duration LONGEST_WISH = Duration.ofMinutes(10);

  private static final int DOUBLINGS = 5;

  private BackOff() {}

  /** As long as the service wishes (RFC 9110, Retry-After), else longer each time. */
  static Duration pause(Upstream.Reply reply, int attempt, InstantSource clock) {
    return reply
        .header("retry-after")
        .flatMap(value -> wish(value, clock))
        .map(wish -> wish.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : wish)
        .orElseGet(() -> exponential(attempt));
  }

  static Duration exponential(int attempt) {
    Duration pause = FIRST.multipliedBy(1L << Math.min(attempt, DOUBLINGS));
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  private static Optional<Duration> wish(String value, InstantSource clock) {
    try {
      if (value.strip().matches("[0-9]{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(value.strip())));
      }
      var at = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration until = Duration.between(clock.instant(), at.toInstant());
      return until.isNegative() ? Optional.empty() : Optional.of(until);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
