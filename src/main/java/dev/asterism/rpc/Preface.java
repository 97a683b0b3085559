package dev.asterism.rpc;

import dev.asterism.metrics.Refusals;
import dev.asterism.sharing.Connection;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Closes a connection on which HTTP/2 does not begin. */
final class Preface extends ChannelInboundHandlerAdapter {
  private final Connection place;
  private final Duration limit;
  private final Refusals refusals;
  private final ChannelHandler grpc;

  Preface(Connection place, Duration limit, Refusals refusals, ChannelHandler grpc) {
    this.place = place;
    this.limit = limit;
    this.refusals = refusals;
    this.grpc = grpc;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (!(event instanceof ProtocolNegotiationEvent)) {
      super.userEventTriggered(ctx, event);
      return;
    }
    var channel = ctx.channel();
    var alarm =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  if (!place.established()) {
                    refusals.any("preface-time");
                    Admission.close(channel);
                  }
                },
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
    var _ = channel.closeFuture().addListener(_ -> alarm.cancel(false));
    ctx.pipeline().replace(ctx.name(), null, grpc);
    ctx.fireUserEventTriggered(event);
  }
}
