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
  /** Part of it is a stranger's text. */
  private static final int LONGEST = 512;

  /** Failed handshakes in the log: enough for a cluster, too few to fill a disk. */
  private static final PeerLimits.Rate LINES = new PeerLimits.Rate(2, 100);

  private static final System.Logger LOG = System.getLogger(Handshakes.class.getName());

  private final String server;
  private final LogLimit log = new LogLimit(LOG, LINES, System::nanoTime);
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
    if (message == null) {
      return reason.getClass().getSimpleName();
    }
    return message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
  }
}
