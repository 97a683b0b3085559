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
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** One connection's handshake; makes way for gRPC when it succeeded. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
  private final TlsSettings settings;
  private final ChannelHandler next;
  private final long began = System.nanoTime();
  private ProtocolNegotiationEvent soFar = InternalProtocolNegotiationEvent.getDefault();
  private @Nullable SslHandler tls;

  TlsHandshake(TlsSettings settings, ChannelHandler next) {
    this.settings = settings;
    this.next = next;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    SSLEngine engine = engine(ctx);
    try {
      var handler = new SslHandler(engine, false, settings.tasks());
      handler.setHandshakeTimeoutMillis(settings.limit().toMillis());
      tls = handler;
      settings.received().ifPresent(counter -> ctx.pipeline().addBefore(ctx.name(), null, counter));
      ctx.pipeline().addBefore(ctx.name(), null, handler);
    } catch (RuntimeException e) {
      ReferenceCountUtil.release(engine);
      throw e;
    }
  }

  private SSLEngine engine(ChannelHandlerContext ctx) {
    return ctx.channel().remoteAddress() instanceof InetSocketAddress peer
        ? settings
            .context()
            .newEngine(ctx.alloc(), peer.getAddress().getHostAddress(), peer.getPort())
        : settings.context().newEngine(ctx.alloc());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    switch (event) {
      case ProtocolNegotiationEvent earlier -> soFar = earlier;
      case SslHandshakeCompletionEvent done when done.isSuccess() -> succeeded(ctx);
      case SslHandshakeCompletionEvent done ->
          fail(ctx, Status.UNAVAILABLE.withDescription("the TLS handshake failed"), done.cause());
      default -> super.userEventTriggered(ctx, event);
    }
  }

  private void succeeded(ChannelHandlerContext ctx) {
    SslHandler handler = tls;
    if (handler == null || !ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol())) {
      fail(ctx, Status.UNAVAILABLE.withDescription("the peer does not offer h2"), null);
      return;
    }
    Attributes attributes =
        InternalProtocolNegotiationEvent.getAttributes(soFar).toBuilder()
            .set(GrpcAttributes.ATTR_SECURITY_LEVEL, SecurityLevel.PRIVACY_AND_INTEGRITY)
            .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, handler.engine().getSession())
            .build();
    ProtocolNegotiationEvent event =
        InternalProtocolNegotiationEvent.withAttributes(soFar, attributes);
    settings.listener().succeeded(Duration.ofNanos(System.nanoTime() - began));
    settings.received().ifPresent(counter -> counter.stop(ctx.pipeline()));
    ctx.pipeline().replace(ctx.name(), null, next);
    ctx.fireUserEventTriggered(event);
  }

  private void fail(ChannelHandlerContext ctx, Status status, @Nullable Throwable cause) {
    var failure = status.withCause(cause).asRuntimeException();
    settings
        .listener()
        .failed(Peers.text(ctx.channel().remoteAddress()), cause == null ? failure : cause);
    ctx.fireExceptionCaught(failure);
  }
}
