package dev.asterism.atls;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.lang.ref.Cleaner;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes an engine per connection, with a nonce of its own. An engine belongs to who asked for it
 * and must be released (Netty's {@code SslHandler} does); this context's native half is freed when
 * nobody refers to it any more.
 */
abstract sealed class AtlsContext extends SslContext permits AtlsServerContext, AtlsClientContext {
  private static final Cleaner CLEANER = Cleaner.create();

  /** Answers for the settings; where connections need nothing of their own, makes the engines. */
  private final ReferenceCountedOpenSslContext common;

  AtlsContext(ReferenceCountedOpenSslContext common) {
    this.common = common;
    CLEANER.register(this, common::release);
  }

  final ReferenceCountedOpenSslContext common() {
    return common;
  }

  /** An engine that has not begun its handshake. */
  abstract ReferenceCountedOpenSslEngine connect(
      ByteBufAllocator buffers, @Nullable String peerHost, int peerPort);

  @Override
  public final SSLEngine newEngine(ByteBufAllocator alloc) {
    return newEngine(alloc, null, -1);
  }

  /**
   * A new connection's engine.
   *
   * @param peerHost the peer's address for reports; null where unknown
   */
  @Override
  public final SSLEngine newEngine(
      ByteBufAllocator alloc, @Nullable String peerHost, int peerPort) {
    ReferenceCountedOpenSslEngine engine = connect(alloc, peerHost, peerPort);
    boolean done = false;
    try {
      prepare(engine);
      done = true;
      return engine;
    } finally {
      if (!done) {
        engine.release();
      }
    }
  }

  /** Gives a new engine what the context cannot. */
  void prepare(ReferenceCountedOpenSslEngine engine) {
    NativeTls.forbidSecondHandshakes(engine);
  }

  @Override
  public final boolean isClient() {
    return common.isClient();
  }

  @Override
  public final List<String> cipherSuites() {
    return common.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // The only way to tell gRPC that this context speaks h2.
  public final ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return common.applicationProtocolNegotiator();
  }

  @Override
  public final SSLSessionContext sessionContext() {
    return common.sessionContext();
  }
}
