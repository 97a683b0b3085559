package dev.asterism.rpc;

import dev.asterism.sharing.MemoryShares;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelPipeline;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;

/**
 * Counts what a peer sends in its handshake, nearly all of which is its certificate: TLS keeps that
 * in memory of its own, where nobody sees it, until the connection ends; whoever judges it may have
 * it for longer. So it is not given back here.
 */
final class ReceivedBytes extends ChannelInboundHandlerAdapter {
  private final MemoryShares.Share share;
  private final Runnable closed;

  /**
   * @param closed hears of the connection's end
   */
  ReceivedBytes(MemoryShares.Share share, Runnable closed) {
    this.share = share;
    this.closed = closed;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    var _ = ctx.channel().closeFuture().addListener(_ -> closed.run());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (message instanceof ByteBuf bytes && !share.grow(bytes.readableBytes())) {
      ReferenceCountUtil.release(message);
      Admission.close(ctx.channel());
      return;
    }
    super.channelRead(ctx, message);
  }

  /** The handshake is over: what follows is read and forgotten. */
  void stop(ChannelPipeline pipeline) {
    pipeline.remove(this);
  }
}
