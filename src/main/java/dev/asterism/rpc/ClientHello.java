package dev.asterism.rpc;

import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslClientHelloHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a whole ClientHello, with a time limit of its own, before there is a TLS engine: who
 * connects and is silent, or drips, costs a socket and nothing else. Then asks whether this peer
 * may begin another handshake.
 */
final class ClientHello extends SslClientHelloHandler<Void> {
  /** Ours have some 400 bytes, those with post-quantum key shares below 2 KiB. */
  private static final int LONGEST = 8 * 1024;

  private final Duration limit;
  private final Gate gate;
  private final ChannelHandler tls;
  private @Nullable ProtocolNegotiationEvent begin;
  private @Nullable Future<?> alarm;
  private boolean decided;

  /** Who may begin a handshake, and who hears of those that do not. */
  interface Gate {
    boolean mayBegin();

    void late();

    void failed(Exception why);
  }

  /**
   * @param tls takes over, with the ClientHello still to be read
   */
  ClientHello(Duration limit, Gate gate, ChannelHandler tls) {
    super(LONGEST);
    this.limit = limit;
    this.gate = gate;
    this.tls = tls;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    alarm = ctx.executor().schedule(() -> late(ctx), limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    stopAlarm();
    super.handlerRemoved0(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    stopAlarm();
    decided = true;
    super.channelInactive(ctx);
  }

  private void stopAlarm() {
    if (alarm != null) {
      alarm.cancel(false);
    }
  }

  private void late(ChannelHandlerContext ctx) {
    decided = true;
    gate.late();
    Admission.close(ctx.channel());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ProtocolNegotiationEvent earlier) {
      begin = earlier;
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (decided) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() > LONGEST) {
      refuse(ctx, new IOException("the peer's ClientHello is too long"));
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      super.decode(ctx, in, out);
    } catch (Exception e) {
      refuse(ctx, e);
      in.skipBytes(in.readableBytes());
    }
  }

  /** Called once the hello is whole; null: this is no handshake. */
  @Override
  protected Future<Void> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf hello) {
    if (hello == null) {
      return ctx.executor().newFailedFuture(new IOException("the peer does not speak TLS"));
    }
    return gate.mayBegin()
        ? ctx.executor().newSucceededFuture(null)
        : ctx.executor()
            .newFailedFuture(
                Status.RESOURCE_EXHAUSTED
                    .withDescription("too many handshakes")
                    .asRuntimeException());
  }

  @Override
  protected void onLookupComplete(ChannelHandlerContext ctx, Future<Void> answer) {
    if (!answer.isSuccess()) {
      refuse(ctx, answer.cause() instanceof Exception e ? e : new IOException(answer.cause()));
      return;
    }
    decided = true;
    // Behind this handler, which hands on the hello when it leaves.
    ctx.pipeline().addAfter(ctx.name(), null, tls);
    if (begin != null) {
      ctx.fireUserEventTriggered(begin);
    }
    ctx.pipeline().remove(this);
  }

  private void refuse(ChannelHandlerContext ctx, Exception why) {
    if (!decided) {
      decided = true;
      gate.failed(why);
      Admission.close(ctx.channel());
    }
  }
}
