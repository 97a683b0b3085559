package dev.asterism.rpc;

import dev.asterism.atls.WholeStep;
import dev.asterism.metrics.Refusals;
import dev.asterism.rpc.TlsSettings.HandshakeListener;
import dev.asterism.sharing.Connection;
import dev.asterism.sharing.Connections;
import dev.asterism.sharing.MemoryShares;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * How connections of a server begin, step by step, each with a limit of its own: a place, a whole
 * ClientHello, the right to begin a handshake, the handshake, HTTP/2.
 */
final class ServerNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  private final @Nullable SslContext tls;
  private final Limits.Times times;
  private final Connections connections;
  private final MemoryShares memory;
  private final PeerGate gate;
  private final Executor workers;
  private final HandshakeListener listener;
  private final Refusals refusals;

  private ServerNegotiator(
      @Nullable SslContext tls,
      Limits.Times times,
      Connections connections,
      MemoryShares memory,
      PeerGate gate,
      Executor workers,
      HandshakeListener listener,
      Refusals refusals) {
    this.tls = tls;
    this.times = times;
    this.connections = connections;
    this.memory = memory;
    this.gate = gate;
    this.workers = workers;
    this.listener = listener;
    this.refusals = refusals;
  }

  /**
   * @param tls null for plaintext
   * @param memory for what peers send in their handshakes
   * @param gate who may begin a handshake, and how many are worked at
   * @param workers where evidence is made and judged
   */
  static ServerCredentials credentials(
      @Nullable SslContext tls,
      Limits.Times times,
      Connections connections,
      MemoryShares memory,
      PeerGate gate,
      Executor workers,
      HandshakeListener listener,
      Refusals refusals) {
    return InternalNettyServerCredentials.create(
        new ServerNegotiator(tls, times, connections, memory, gate, workers, listener, refusals));
  }

  @Override
  public AsciiString scheme() {
    return AsciiString.of(tls == null ? "http" : "https");
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
    return new Admission(
        connections,
        place -> {
          ChannelHandler http2 =
              new Preface(
                  place,
                  times.preface(),
                  refusals,
                  InternalProtocolNegotiators.grpcNegotiationHandler(grpc));
          return InternalProtocolNegotiators.waitUntilActiveHandler(
              tls == null ? http2 : hello(tls, place, http2), grpc.getNegotiationLogger());
        });
  }

  private ChannelHandler hello(SslContext context, Connection place, ChannelHandler next) {
    MemoryShares.Share share = memory.of(place);
    var work = new Work(place, share);
    var received = new ReceivedBytes(share, work::closed);
    var settings =
        new TlsSettings(context, work, times.handshake(), listener, Optional.of(received));
    return new ClientHello(
        times.hello(), new HandshakeGate(place), new TlsHandshake(settings, next));
  }

  private final class HandshakeGate implements ClientHello.Gate {
    private final Connection place;

    private HandshakeGate(Connection place) {
      this.place = place;
    }

    @Override
    public boolean mayBegin() {
      return gate.mayBegin(place.address());
    }

    @Override
    public void late() {
      refusals.any("hello-time");
    }

    @Override
    public void failed(Exception why) {
      listener.failed(place.address().getHostAddress(), why);
    }
  }

  /**
   * Runs what a handshake needs of us. Only that holds a place among the handshakes under way: a
   * peer that lets us wait holds none. The place, and the memory of what the peer sent, are held
   * until all work has really ended, also where the peer hangs up meanwhile.
   */
  private final class Work implements Executor {
    private final Connection place;
    private final MemoryShares.Share share;

    /** The step that follows may begin before the one before has ended to the last. */
    private int steps;

    private boolean closed;
    private PeerGate.@Nullable Pass pass;

    private Work(Connection place, MemoryShares.Share share) {
      this.place = place;
      this.share = share;
    }

    @Override
    public void execute(Runnable step) {
      begin();
      try {
        workers.execute(() -> WholeStep.run(step, this::end));
      } catch (RejectedExecutionException e) {
        end();
        throw e;
      }
    }

    private synchronized void begin() {
      if (steps == 0) {
        pass =
            gate.work(place.address())
                .orElseThrow(
                    () -> new RejectedExecutionException("too many handshakes are under way"));
        place.beginWork();
      }
      steps++;
    }

    private synchronized void end() {
      if (--steps == 0 && pass != null) {
        if (closed) {
          share.close();
        }
        place.endWork();
        pass.close();
      }
    }

    /** The connection is. */
    private synchronized void closed() {
      closed = true;
      if (steps == 0) {
        share.close();
      }
    }
  }

  @Override
  public void close() {}
}
