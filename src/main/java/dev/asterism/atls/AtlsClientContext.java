package dev.asterism.atls;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import java.util.List;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** A client's side. The nonce stands in the engine, so that all connections share one context. */
final class AtlsClientContext extends AtlsContext {
  private final Side side;

  AtlsClientContext(Side side) {
    super(
        NativeContexts.client(side.keyManager(), EvidenceTrustManager.ofClient(side.peerCheck())));
    this.side = side;
  }

  @Override
  ReferenceCountedOpenSslEngine connect(
      ByteBufAllocator buffers, @Nullable String peerHost, int peerPort) {
    return (ReferenceCountedOpenSslEngine) common().newEngine(buffers, peerHost, peerPort);
  }

  @Override
  void prepare(ReferenceCountedOpenSslEngine engine) {
    super.prepare(engine);
    // Netty takes the peer's host for the server name, and would set it again with the parameters.
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of());
    engine.setSSLParameters(parameters);
    NativeTls.setServerName(engine, Nonce.random(side.random()).base64());
  }
}
