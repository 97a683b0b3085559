package dev.asterism.rpc;

import dev.asterism.metrics.Counter;
import dev.asterism.metrics.Histogram;
import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.Refusals;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;

/** Counts and logs how a server's handshakes end. */
final class Handshakes implements TlsSettings.HandshakeListener {
  private static final System.Logger LOG = System.getLogger(Handshakes.class.getName());

  private final String server;
  private final LogLimit log = LogLimit.of(LOG);
  private final Refusals refusals;
  private final Counter results;
  private final Histogram duration;

  Handshakes(String server, Metrics metrics) {
    this.server = server;
    this.refusals = new Refusals(metrics);
    this.results =
        metrics.counter("asterism_handshakes_total", "TLS handshakes by result.", "result");
    this.duration =
        metrics.histogram("asterism_handshake_seconds", "Time of successful TLS handshakes.");
  }

  @Override
  public void succeeded(Duration took) {
    results.increment("succeeded");
    duration.observe(took);
  }

  @Override
  public void failed(String peerAddress, Throwable cause) {
    Throwable reason = innermost(cause);
    results.increment("failed");
    if (reason instanceof SslHandshakeTimeoutException) {
      refusals.any("handshake-time");
    }
    // Load balancers look whether the port is open, all the time.
    Level level = reason instanceof ClosedChannelException ? Level.DEBUG : Level.INFO;
    log.log(level, () -> server + ": no connection with " + peerAddress + ": " + text(reason));
  }

  /** It says what happened; those around it, that a handshake failed. */
  private static Throwable innermost(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return innermost;
  }

  private static String text(Throwable reason) {
    String message = reason.getMessage();
    return message == null ? reason.getClass().getSimpleName() : LogLimit.cut(message);
  }
}
