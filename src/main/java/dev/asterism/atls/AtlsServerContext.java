package dev.asterism.atls;

import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import org.jspecify.annotations.Nullable;

/**
 * A server's side. Where it verifies clients, each connection gets a native context: BoringSSL's
 * certificate request, which carries the nonce, cannot be set for less.
 */
final class AtlsServerContext extends AtlsContext {
  private final Side side;
  private final EvidenceKeyManager keys;
  private final PeerCheck check;

  AtlsServerContext(Side side) {
    this(side, side.keyManager(), side.peerCheck());
  }

  private AtlsServerContext(Side side, EvidenceKeyManager keys, PeerCheck check) {
    super(NativeContexts.server(keys, EvidenceTrustManager.ofServer(check, null), false));
    this.side = side;
    this.keys = keys;
    this.check = check;
  }

  @Override
  ReferenceCountedOpenSslEngine connect(
      ByteBufAllocator buffers, @Nullable String peerHost, int peerPort) {
    if (side.peers() == null) {
      return (ReferenceCountedOpenSslEngine) common().newEngine(buffers, peerHost, peerPort);
    }
    Bytes nonce = Nonce.random(side.random());
    ReferenceCountedOpenSslContext own =
        NativeContexts.server(keys, EvidenceTrustManager.ofServer(check, nonce), true);
    try {
      return (ReferenceCountedOpenSslEngine) own.newEngine(buffers, peerHost, peerPort);
    } finally {
      // The engine holds on to it until it is released itself.
      own.release();
    }
  }
}
