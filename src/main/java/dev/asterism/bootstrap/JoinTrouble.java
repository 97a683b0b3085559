package dev.asterism.bootstrap;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why one attempt to join came to nothing, in words for the log and the status.
 *
 * @param refused the other side looked at this node and said no; else it may just not be there yet
 */
record JoinTrouble(boolean refused, String reason) {

  static JoinTrouble of(String endpoint, StatusRuntimeException failure) {
    Status status = failure.getStatus();
    String said = status.getDescription() == null ? "" : ": " + status.getDescription();
    SSLException tls = tlsFailure(failure);
    if (tls != null) {
      return new JoinTrouble(
          true,
          "refused by "
              + endpoint
              + ": handshake rejected ("
              + Texts.reason(tls)
              + "); see that join-service's log or audit");
    }
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          new JoinTrouble(false, "join-service " + endpoint + " does not answer" + said);
      case DEADLINE_EXCEEDED ->
          new JoinTrouble(false, "join-service " + endpoint + " took too long");
      case RESOURCE_EXHAUSTED, ABORTED ->
          new JoinTrouble(false, "join-service " + endpoint + " asks to come back later" + said);
      default ->
          new JoinTrouble(true, "refused by " + endpoint + " (" + status.getCode() + ")" + said);
    };
  }

  private static @Nullable SSLException tlsFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException tls) {
        return tls;
      }
    }
    return null;
  }
}
