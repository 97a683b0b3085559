package dev.asterism.rpc;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Puts TLS below gRPC, as gRPC's own negotiators do, with three things they have no setting for:
 * the engine learns the peer's address, a handshake may take as long as two verifications, and both
 * sides make evidence and judge it off the event loop.
 */
final class TlsNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  private static final int DEFAULT_PORT = 443;

  private final SslContext context;
  private final Executor tasks;
  private final Duration limit;
  private final HandshakeFailures failures;

  private TlsNegotiator(
      SslContext context, Executor tasks, Duration limit, HandshakeFailures failures) {
    this.context = context;
    this.tasks = tasks;
    this.limit = limit;
    this.failures = failures;
  }

  /** Hears of connections that never came to be. */
  interface HandshakeFailures {
    void failed(String peerAddress, Throwable cause);
  }

  static ServerCredentials server(
      SslContext context, Executor tasks, Duration limit, HandshakeFailures failures) {
    return InternalNettyServerCredentials.create(
        new TlsNegotiator(context, tasks, limit, failures));
  }

  static ChannelCredentials client(SslContext context, Executor tasks, Duration limit) {
    // The caller gets the failure as the call's status.
    HandshakeFailures failures = (peer, cause) -> {};
    return InternalNettyChannelCredentials.create(
        new InternalProtocolNegotiator.ClientFactory() {
          @Override
          public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
            return new TlsNegotiator(context, tasks, limit, failures);
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
        new TlsHandshake(
            context,
            tasks,
            limit,
            failures,
            InternalProtocolNegotiators.grpcNegotiationHandler(grpc)),
        grpc.getNegotiationLogger());
  }

  @Override
  public void close() {}
}
