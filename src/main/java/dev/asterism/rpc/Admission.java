package dev.asterism.rpc;

import dev.asterism.sharing.Connection;
import dev.asterism.sharing.Connections;
import io.grpc.Attributes;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives a new connection its place before anything is done for it, or closes it. */
final class Admission extends ChannelInboundHandlerAdapter {
  /** Where calls find the place of their connection. */
  static final Attributes.Key<Connection> PLACE = Attributes.Key.create("dev.asterism.rpc.place");

  private final Connections connections;
  private final Function<Connection, ChannelHandler> next;
  private @Nullable Connection place;

  Admission(Connections connections, Function<Connection, ChannelHandler> next) {
    this.connections = connections;
    this.next = next;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    Channel channel = ctx.channel();
    // Without an address it is closed already.
    Optional<Connection> given =
        channel.remoteAddress() instanceof InetSocketAddress peer
            ? connections.open(peer.getAddress(), () -> close(channel))
            : Optional.empty();
    place = given.orElse(null);
    if (given.isEmpty()) {
      close(channel);
      return;
    }
    var _ = channel.closeFuture().addListener(_ -> given.get().closed());
  }

  /**
   * Begins to; there is nobody to tell how it went. Past gRPC, which would say goodbye first and
   * wait ten seconds for the answer.
   */
  static void close(Channel channel) {
    ChannelHandlerContext outermost = channel.pipeline().firstContext();
    var _ = outermost == null ? channel.close() : outermost.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (!(event instanceof ProtocolNegotiationEvent begin)) {
      super.userEventTriggered(ctx, event);
      return;
    }
    if (place != null) {
      Attributes attributes =
          InternalProtocolNegotiationEvent.getAttributes(begin).toBuilder()
              .set(PLACE, place)
              .build();
      ctx.pipeline().replace(ctx.name(), null, next.apply(place));
      ctx.fireUserEventTriggered(
          InternalProtocolNegotiationEvent.withAttributes(begin, attributes));
    }
  }
}
