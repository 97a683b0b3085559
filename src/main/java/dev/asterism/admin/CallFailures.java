package dev.asterism.admin;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failed call means to an admin. */
final class CallFailures {
  private CallFailures() {}

  /** One clause behind {@code the node at HOST:PORT}. */
  static String clause(StatusRuntimeException failure, Duration waited) {
    Status status = failure.getStatus();
    return switch (status.getCode()) {
      case UNAVAILABLE -> "does not answer (" + cause(status) + ")";
      case DEADLINE_EXCEEDED -> "did not answer within " + waited.toSeconds() + " s";
      case UNIMPLEMENTED -> "answers, but offers no such service: is the port right?";
      default -> "refused: " + text(status);
    };
  }

  /** What the peer said, fit for a terminal. */
  static String text(Status status) {
    String description = status.getDescription();
    return description == null ? status.getCode().name() : AlignedText.plain(description.strip());
  }

  /** The TLS handshake itself failed: trying again would not help. */
  static boolean handshakeRefused(Status status) {
    return find(status.getCause(), SSLException.class);
  }

  private static String cause(Status status) {
    @Nullable Throwable cause = status.getCause();
    if (find(cause, ConnectException.class)) {
      return "connection refused";
    }
    if (find(cause, NoRouteToHostException.class)) {
      return "no route to host";
    }
    if (find(cause, UnknownHostException.class)) {
      return "no such host";
    }
    return text(status);
  }

  private static boolean find(@Nullable Throwable start, Class<? extends Throwable> type) {
    int depth = 0;
    for (Throwable t = start; t != null && depth < 16; t = t.getCause(), depth++) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }
}
