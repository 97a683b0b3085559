package dev.asterism.rpc;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * How TLS begins.
 *
 * @param tasks where evidence is made and judged
 * @param limit for a whole handshake
 * @param received counts what the peer sends until the handshake is over
 */
record TlsSettings(
    SslContext context,
    Executor tasks,
    Duration limit,
    HandshakeListener listener,
    Optional<ReceivedBytes> received) {

  /** For a side that chose its peer. */
  TlsSettings(SslContext context, Executor tasks, Duration limit, HandshakeListener listener) {
    this(context, tasks, limit, listener, Optional.empty());
  }

  /** Hears how handshakes end. */
  interface HandshakeListener {
    HandshakeListener NOBODY =
        new HandshakeListener() {
          @Override
          public void succeeded(Duration took) {}

          @Override
          public void failed(String peerAddress, Throwable cause) {}
        };

    void succeeded(Duration took);

    void failed(String peerAddress, Throwable cause);
  }
}
