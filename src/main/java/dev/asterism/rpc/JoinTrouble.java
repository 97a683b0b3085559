package dev.asterism.rpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Why one attempt to join or rejoin came to nothing, in words for the log and the status.
 *
 * @param refused one side looked at the other and said no; else it may just not be there yet
 */
public record JoinTrouble(boolean refused, String reason) {
  /** How BoringSSL tells that the other side broke off. */
  private static final Pattern ALERT = Pattern.compile("(?:TLSV1|SSLV3)_(?:ALERT_)?([A-Z_]+)");

  /** How a verdict begins; what never got to one has none. */
  private static final Pattern VERDICT = Pattern.compile("(refused|undecided): ");

  /** What a failed call to a join-service means. */
  public static JoinTrouble of(String endpoint, StatusRuntimeException failure) {
    Optional<SSLException> tls = cause(failure, SSLException.class);
    return tls.isPresent() ? handshake(endpoint, tls.get()) : call(endpoint, failure);
  }

  private static JoinTrouble handshake(String endpoint, SSLException failure) {
    Matcher alert = ALERT.matcher(Failures.reason(failure));
    if (alert.find()) {
      return new JoinTrouble(
          true,
          "refused by %s: handshake rejected (alert %s); see that join-service's log or audit"
              .formatted(endpoint, alert.group(1).toLowerCase(Locale.ROOT)));
    }
    Optional<CertificateException> ours = cause(failure, CertificateException.class);
    if (ours.isPresent()) {
      String why = Failures.reason(ours.get());
      return new JoinTrouble(
          true,
          "join-service %s is %s"
              .formatted(endpoint, VERDICT.matcher(why).lookingAt() ? why : "refused: " + why));
    }
    Throwable cause = failure.getCause();
    return new JoinTrouble(
        false,
        "no attested connection with %s: %s"
            .formatted(endpoint, Failures.reason(cause == null ? failure : cause)));
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

  private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> kind) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return Optional.of(kind.cast(cause));
      }
    }
    return Optional.empty();
  }
}
