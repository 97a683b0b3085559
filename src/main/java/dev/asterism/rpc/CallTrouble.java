package dev.asterism.rpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;

/** Why a call to one of our own services came to nothing, in words for whoever can mend it. */
public final class CallTrouble {
  private CallTrouble() {}

  /**
   * Names the service, its address, and what went wrong last.
   *
   * @param channel that the call was made on
   * @param limit what the call was given
   */
  public static String of(
      String service,
      String endpoint,
      ManagedChannel channel,
      Duration limit,
      StatusRuntimeException failure) {
    String who = service + " " + endpoint;
    return TlsTrouble.of(failure)
        .map(trouble -> handshake(who, trouble))
        .orElseGet(() -> call(who, channel, limit, failure.getStatus()));
  }

  private static String handshake(String who, TlsTrouble trouble) {
    return switch (trouble) {
      case TlsTrouble.Rejected rejected ->
          "%s broke off the TLS handshake (alert %s); what it has against our certificate is in its log"
              .formatted(who, rejected.alert());
      case TlsTrouble.Refused refused -> "no TLS with %s: %s".formatted(who, refused.reason());
      case TlsTrouble.Broken broken -> "no TLS with %s: %s".formatted(who, broken.reason());
    };
  }

  private static String call(String who, ManagedChannel channel, Duration limit, Status status) {
    String said = status.getDescription() == null ? "" : ": " + status.getDescription();
    Throwable cause = status.getCause();
    return switch (status.getCode()) {
      case DEADLINE_EXCEEDED ->
          channel.getState(false) == ConnectivityState.READY
              ? "%s is connected, but did not answer within %d s".formatted(who, limit.toSeconds())
              : "no connection with %s came about within %d s".formatted(who, limit.toSeconds());
      case UNAVAILABLE ->
          cause == null
              ? "%s has no answer now%s".formatted(who, said)
              : "%s does not answer: %s".formatted(who, Failures.reason(cause));
      default -> "%s refuses (%s)%s".formatted(who, status.getCode(), said);
    };
  }
}
