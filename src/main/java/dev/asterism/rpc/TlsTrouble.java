package dev.asterism.rpc;

import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Which end broke off a TLS handshake, and why. */
sealed interface TlsTrouble {
  /** The other side broke off; it alone knows why. */
  record Rejected(String alert) implements TlsTrouble {}

  /** This side did not take what the other showed. */
  record Refused(String reason) implements TlsTrouble {}

  /** Anything else: this side has nothing to show, or what answers does not speak TLS. */
  record Broken(String reason) implements TlsTrouble {}

  /** How BoringSSL tells that the other side broke off. */
  Pattern ALERT = Pattern.compile("(?:TLSV1|SSLV3)_(?:ALERT_)?([A-Z_]+)");

  /** Empty where a call did not fail for its handshake. */
  static Optional<TlsTrouble> of(Throwable failure) {
    return cause(failure, SSLException.class).map(TlsTrouble::of);
  }

  private static TlsTrouble of(SSLException tls) {
    Matcher alert = ALERT.matcher(Failures.reason(tls));
    if (alert.find()) {
      return new Rejected(alert.group(1).toLowerCase(Locale.ROOT));
    }
    Optional<CertificateException> ours = cause(tls, CertificateException.class);
    if (ours.isPresent()) {
      return new Refused(Failures.reason(ours.get()));
    }
    Throwable cause = tls.getCause();
    return new Broken(Failures.reason(cause == null ? tls : cause));
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
