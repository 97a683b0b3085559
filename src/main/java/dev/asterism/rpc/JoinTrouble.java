package dev.asterism.rpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.regex.Pattern;

/**
 * Why one attempt to join or rejoin came to nothing, in words for the log and the status.
 *
 * @param refused one side looked at the other and said no; else it may just not be there yet
 */
public record JoinTrouble(boolean refused, String reason) {
  /** How a verdict begins; what never got to one has none. */
  private static final Pattern VERDICT = Pattern.compile("(refused|undecided): ");

  /** What a failed call to a join-service means. */
  public static JoinTrouble of(String endpoint, StatusRuntimeException failure) {
    return TlsTrouble.of(failure)
        .map(trouble -> handshake(endpoint, trouble))
        .orElseGet(() -> call(endpoint, failure));
  }

  private static JoinTrouble handshake(String endpoint, TlsTrouble trouble) {
    return switch (trouble) {
      case TlsTrouble.Rejected rejected ->
          new JoinTrouble(
              true,
              "refused by %s: handshake rejected (alert %s); see that join-service's log or audit"
                  .formatted(endpoint, rejected.alert()));
      case TlsTrouble.Refused refused -> {
        String why = refused.reason();
        yield new JoinTrouble(
            true,
            "join-service %s is %s"
                .formatted(endpoint, VERDICT.matcher(why).lookingAt() ? why : "refused: " + why));
      }
      case TlsTrouble.Broken broken ->
          new JoinTrouble(
              false, "no attested connection with %s: %s".formatted(endpoint, broken.reason()));
    };
  }

  private static JoinTrouble call(String endpoint, StatusRuntimeException failure) {
    Status status = failure.getStatus();
    String said = status.getDescription() == null ? "" : ": " + status.getDescription();
    Throwable cause = status.getCause();
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          new JoinTrouble(
              false,
              cause == null
                  // It did answer: the key-service is away, or an admin must say yes first.
                  ? "no ticket from %s yet%s".formatted(endpoint, said)
                  : "join-service %s does not answer: %s"
                      .formatted(endpoint, Failures.reason(cause)));
      case DEADLINE_EXCEEDED ->
          new JoinTrouble(false, "join-service " + endpoint + " took too long");
      case RESOURCE_EXHAUSTED, ABORTED ->
          new JoinTrouble(false, "join-service " + endpoint + " asks to come back later" + said);
      default ->
          new JoinTrouble(true, "refused by %s (%s)%s".formatted(endpoint, status.getCode(), said));
    };
  }
}
