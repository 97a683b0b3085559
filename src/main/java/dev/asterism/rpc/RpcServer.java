package dev.asterism.rpc;

import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.Refusals;
import dev.asterism.sharing.Connections;
import dev.asterism.sharing.MemoryShares;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server with our limits. Handlers block on virtual threads, one per call, and find their
 * caller in {@link Peers}.
 */
public final class RpcServer implements AutoCloseable {
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

  /** A client that opens and resets streams faster than this attacks us. */
  private static final int RESETS_PER_WINDOW = 200;

  private static final int RESET_WINDOW_SECONDS = 30;

  /** gRPC's own word for never. */
  private static final Duration FOR_EVER = Duration.ofDays(1000);

  /**
   * What a client may send before the server has taken it in, of one call and of one connection, in
   * bytes; HTTP/2's own default.
   */
  private static final int WINDOW = 65_535;

  /** How long a client may take to hear that the server stops, and to send what it had begun. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private static final long LOOK_MILLIS = 50;

  private final InetSocketAddress address;
  private final Server server;
  private final ExecutorService workers;
  private final ScheduledThreadPoolExecutor timer;
  private final Connections connections;
  private final MemoryShares memory;

  private RpcServer(Builder builder) {
    address = builder.address;
    String name = builder.name;
    Limits limits = builder.limits;
    workers = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name(name + "-timer").factory());
    // Else each call would be remembered until its deadline.
    timer.setRemoveOnCancelPolicy(true);
    var refusals = new Refusals(builder.metrics);
    Limits.Places places = limits.places();
    connections =
        new Connections(places.connections(), places.connectionsPerPeer(), new Turned(refusals));
    memory = new MemoryShares(places.handshakeBytes(), () -> refusals.any("handshake-bytes"));
    var gate = new PeerGate("handshakes", builder.connections, System::nanoTime, refusals);
    ServerCredentials credentials =
        ServerNegotiator.credentials(
            builder.tls,
            limits.times(),
            connections,
            memory,
            gate,
            workers,
            new Handshakes(name, builder.metrics),
            refusals);
    var grpc =
        NettyServerBuilder.forAddress(address, credentials)
            .maxConnectionAge(builder.age.toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(limits.times().call().toMillis(), TimeUnit.MILLISECONDS)
            .executor(workers)
            .maxInboundMessageSize(limits.message())
            .maxInboundMetadataSize(limits.headers())
            // Messages come as they are: none that is small on the wire only.
            .decompressorRegistry(
                DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false))
            .flowControlWindow(WINDOW)
            .handshakeTimeout(beginning(limits.times()).toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(limits.times().idle().toMillis(), TimeUnit.MILLISECONDS)
            .maxConcurrentCallsPerConnection(places.streams())
            .maxRstFramesPerWindow(RESETS_PER_WINDOW, RESET_WINDOW_SECONDS)
            // The last is called first.
            .intercept(new Unexpected())
            .intercept(new CallTime(limits.times(), timer, refusals))
            .intercept(new InFlight(places, refusals))
            .intercept(new CallMetrics(builder.metrics))
            .intercept(new Peers.Interceptor(builder.mutualTls));
    grpc.addTransportFilter(new Established());
    grpc.addStreamTracerFactory(new AnswerTime(limits.times(), timer, refusals));
    builder.services.forEach(grpc::addService);
    server = grpc.build();
  }

  /** All that comes before the first call has limits of its own; gRPC's is for what they miss. */
  private static Duration beginning(Limits.Times times) {
    return times.hello().plus(times.handshake()).plus(times.preface());
  }

  private static final class Established extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes attributes) {
      var place = attributes.get(Admission.PLACE);
      if (place != null) {
        place.establish();
      }
      return attributes;
    }
  }

  private record Turned(Refusals refusals) implements Connections.Listener {
    @Override
    public void evicted() {
      refusals.any("connections-evicted");
    }

    @Override
    public void refused() {
      refusals.any("connections");
    }
  }

  /**
   * Begins a server.
   *
   * @param name in thread names and log lines, such as {@code join-service}
   */
  public static Builder builder(String name, InetSocketAddress address) {
    return new Builder(name, address);
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be bound
   */
  public RpcServer start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), cause.getMessage()),
          e);
    }
    return this;
  }

  /** The port it listens on; of use where port 0 was asked for. */
  public int port() {
    return server.getPort();
  }

  /** How much of what peers sent in their handshakes is kept now. */
  long handshakeBytes() {
    return memory.taken();
  }

  /**
   * Takes no new calls, lets running ones finish within {@code grace}, then cancels them. Waits for
   * nobody else: a client that keeps a connection open without calls does not delay the end.
   */
  public void shutdown(Duration grace) {
    server.shutdown();
    connections.closeUnestablished();
    try {
      if (!finished(grace)) {
        server.shutdownNow();
        var _ = server.awaitTermination(CLOSE_GRACE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      workers.shutdownNow();
      timer.shutdownNow();
    }
  }

  private boolean finished(Duration grace) throws InterruptedException {
    long now = System.nanoTime();
    long end = now + grace.toNanos();
    long quiet = now + FAREWELL.toNanos();
    while (!server.awaitTermination(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      now = System.nanoTime();
      if (now - end >= 0 || (now - quiet >= 0 && !connections.busy())) {
        return false;
      }
    }
    return true;
  }

  /** Blocks until it is shut down. */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  @Override
  public void close() {
    shutdown(CLOSE_GRACE);
  }

  /** What a server is made of. */
  public static final class Builder {
    private final String name;
    private final InetSocketAddress address;
    private final List<BindableService> services = new ArrayList<>();
    private @Nullable SslContext tls;
    private boolean mutualTls;
    private Duration age = FOR_EVER;
    private Limits limits = Limits.DEFAULT;
    private PeerLimits connections = PeerLimits.DEFAULT;
    private Metrics metrics = new Metrics();

    private Builder(String name, InetSocketAddress address) {
      this.name = name;
      this.address = address;
    }

    /** Without it the server speaks plaintext. */
    public Builder tls(SslContext context) {
      tls = context;
      return this;
    }

    /**
     * Clients show certificates, and handlers find their names in {@link Peers#name}.
     *
     * @param connection how long one is used: a change of certificates, or the end of one, counts
     *     for new connections only. Calls that are under way end in peace.
     */
    public Builder mutualTls(MutualTls ends, Duration connection) {
      tls = ends.server();
      mutualTls = true;
      age = connection;
      return this;
    }

    public Builder limits(Limits granted) {
      limits = granted;
      return this;
    }

    /** How many handshakes each peer may begin; over TLS each may cost a quote. */
    public Builder connections(PeerLimits granted) {
      connections = granted;
      return this;
    }

    /** Where calls and handshakes are counted. */
    public Builder metrics(Metrics registry) {
      metrics = registry;
      return this;
    }

    public Builder service(BindableService service) {
      services.add(service);
      return this;
    }

    public RpcServer build() {
      return new RpcServer(this);
    }

    public RpcServer start() throws IOException {
      return build().start();
    }
  }
}
