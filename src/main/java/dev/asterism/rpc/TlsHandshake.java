package dev.asterism.rpc;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNames;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** One connection's handshake; makes way for gRPC when it succeeded. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
  private final SslContext context;
  private final Executor tasks;
  private final Duration limit;
  private final TlsNegotiator.HandshakeFailures failures;
  private final ChannelHandler next;
  private ProtocolNegotiationEvent soFar = InternalProtocolNegotiationEvent.getDefault();
  private @Nullable SslHandler tls;

  TlsHandshake(
      SslContext context,
      Executor tasks,
      Duration limit,
      TlsNegotiator.HandshakeFailures failures,
      ChannelHandler next) {
    this.context = context;
    this.tasks = tasks;
    this.limit = limit;
    this.failures = failures;
    this.next = next;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    SSLEngine engine = engine(ctx);
    var handler = new SslHandler(engine, false, tasks);
    handler.setHandshakeTimeoutMillis(limit.toMillis());
    tls = handler;
    try {
      ctx.pipeline().addBefore(ctx.name(), null, handler);
    } catch (RuntimeException e) {
      ReferenceCountUtil.release(engine);
      throw e;
    }
  }

  private SSLEngine engine(ChannelHandlerContext ctx) {
    return ctx.channel().remoteAddress() instanceof InetSocketAddress peer
            && peer.getAddress() != null
        ? context.newEngine(ctx.alloc(), peer.getAddress().getHostAddress(), peer.getPort())
        : context.newEngine(ctx.alloc());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    switch (event) {
      case ProtocolNegotiationEvent earlier -> soFar = earlier;
      case SslHandshakeCompletionEvent done when done.isSuccess() -> succeeded(ctx);
      case SslHandshakeCompletionEvent done -> fail(ctx, done.cause());
      default -> super.userEventTriggered(ctx, event);
    }
  }

  private void succeeded(ChannelHandlerContext ctx) {
    SslHandler handler = tls;
    if (handler == null || !ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol())) {
      fail(
          ctx,
          Status.UNAVAILABLE.withDescription("the peer does not speak h2").asRuntimeException());
      return;
    }
    SSLSession session = handler.engine().getSession();
    Attributes attributes =
        InternalProtocolNegotiationEvent.getAttributes(soFar).toBuilder()
            .set(GrpcAttributes.ATTR_SECURITY_LEVEL, SecurityLevel.PRIVACY_AND_INTEGRITY)
            .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session)
            .build();
    ProtocolNegotiationEvent event =
        InternalProtocolNegotiationEvent.withAttributes(soFar, attributes);
    ctx.pipeline().replace(ctx.name(), null, next);
    ctx.fireUserEventTriggered(event);
  }

  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    failures.failed(Peers.text(ctx.channel().remoteAddress()), cause);
    ctx.fireExceptionCaught(cause);
  }
}
