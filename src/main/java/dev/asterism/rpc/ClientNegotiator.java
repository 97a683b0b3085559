package dev.asterism.rpc;

import io.grpc.ChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.util.AsciiString;

/**
 * Puts TLS below gRPC, as gRPC's own negotiators do, with two things they have no setting for: the
 * engine learns the peer's address, and a handshake may take as long as two verifications (Netty
 * gives it ten seconds).
 */
final class ClientNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  private static final int DEFAULT_PORT = 443;

  private final TlsSettings settings;

  private ClientNegotiator(TlsSettings settings) {
    this.settings = settings;
  }

  static ChannelCredentials credentials(TlsSettings settings) {
    return InternalNettyChannelCredentials.create(
        new InternalProtocolNegotiator.ClientFactory() {
          @Override
          public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
            return new ClientNegotiator(settings);
          }

          @Override
          public int getDefaultPort() {
            return DEFAULT_PORT;
          }
        });
  }

  @Override
  public AsciiString scheme() {
    return AsciiString.of("https");
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
    return InternalProtocolNegotiators.waitUntilActiveHandler(
        new TlsHandshake(settings, InternalProtocolNegotiators.grpcNegotiationHandler(grpc)),
        grpc.getNegotiationLogger());
  }

  @Override
  public void close() {}
}
