package dev.asterism.rpc;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * How TLS begins.
 *
 * @param tasks where evidence is made and judged
 * @param limit for a whole handshake
 */
record TlsSettings(SslContext context, Executor tasks, Duration limit, HandshakeListener listener) {

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
