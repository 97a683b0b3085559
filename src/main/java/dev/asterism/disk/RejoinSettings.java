package dev.asterism.disk;

import dev.asterism.atls.PeerVerification;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a node asks for its key again.
 *
 * @param deadline of one question, both sides' evidence included
 * @param firstPause after a round in which nobody answered; doubles with each, give or take a fifth
 * @param longestPause where the doubling ends
 * @param joinServices how join-services must prove themselves; null: they need not, as in clusters
 *     whose join-service does not attest
 */
public record RejoinSettings(
    Duration deadline,
    Duration firstPause,
    Duration longestPause,
    @Nullable PeerVerification joinServices) {

  /** As nodes in the field do it at the slowest: every 30 seconds. */
  public static RejoinSettings standard(@Nullable PeerVerification joinServices) {
    return new RejoinSettings(
        Duration.ofSeconds(90), Duration.ofSeconds(1), Duration.ofSeconds(30), joinServices);
  }

  public RejoinSettings withLongestPause(Duration pause) {
    return new RejoinSettings(
        deadline, pause.compareTo(firstPause) < 0 ? pause : firstPause, pause, joinServices);
  }
}
