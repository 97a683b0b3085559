package dev.asterism.atls;

import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.grpc.netty.shaded.io.netty.internal.tcnative.SSL;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The few calls into BoringSSL for which Netty has no method of its own. They are public but
 * internal: the version is pinned, and a test holds what we rely on.
 *
 * <p>Every call holds the engine's monitor, under which Netty frees the native object; after that
 * the pointer is 0.
 */
final class NativeTls {
  private NativeTls() {}

  /** Any bytes may stand in a server name; the JDK's and Netty's methods want DNS names. */
  static void setServerName(SSLEngine engine, String name) {
    var own = (ReferenceCountedOpenSslEngine) engine;
    synchronized (own) {
      SSL.setTlsExtHostName(live(own), name);
    }
  }

  /** On a server what the client asked for, on a client what it asks for; null where none. */
  static @Nullable String serverName(SSLEngine engine) {
    var own = (ReferenceCountedOpenSslEngine) engine;
    synchronized (own) {
      return SSL.getSniHostname(live(own));
    }
  }

  /**
   * No session tickets of either version, so no resumption and no early data; no renegotiation,
   * which could put another certificate behind the verified one.
   */
  static void forbidSecondHandshakes(SSLEngine engine) {
    var own = (ReferenceCountedOpenSslEngine) engine;
    synchronized (own) {
      long ssl = live(own);
      SSL.setOptions(ssl, SSL.SSL_OP_NO_TICKET);
      neverRenegotiate(ssl);
    }
  }

  private static void neverRenegotiate(long ssl) {
    try {
      SSL.setRenegotiateMode(ssl, SSL.SSL_RENEGOTIATE_NEVER);
    } catch (Exception e) {
      throw new IllegalStateException("BoringSSL does not take its own constant", e);
    }
  }

  private static long live(ReferenceCountedOpenSslEngine engine) {
    long pointer = engine.sslPointer();
    if (pointer == 0) {
      throw new IllegalStateException("the connection is closed");
    }
    return pointer;
  }
}
