package dev.asterism.rpc;

import dev.asterism.metrics.Metrics;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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

  private final Server server;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;

  private RpcServer(Builder builder) {
    String name = builder.name;
    Limits limits = builder.limits;
    workers = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name + "-timer").factory());
    var grpc =
        NettyServerBuilder.forAddress(builder.address, credentials(builder))
            .maxConnectionAge(builder.age.toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(limits.call().toMillis(), TimeUnit.MILLISECONDS)
            .executor(workers)
            .maxInboundMessageSize(limits.message())
            .maxInboundMetadataSize(limits.headers())
            .handshakeTimeout(limits.handshake().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(limits.idle().toMillis(), TimeUnit.MILLISECONDS)
            .maxConcurrentCallsPerConnection(limits.inFlight())
            .maxRstFramesPerWindow(RESETS_PER_WINDOW, RESET_WINDOW_SECONDS)
            // The last is called first.
            .intercept(new Unexpected())
            .intercept(new CallTime(limits.call(), timer))
            .intercept(new InFlight(limits.inFlight()))
            .intercept(new CallMetrics(builder.metrics))
            .intercept(new Peers.Interceptor(builder.mutualTls));
    builder.services.forEach(grpc::addService);
    server = grpc.build();
  }

  private ServerCredentials credentials(Builder builder) {
    return builder.tls == null
        ? InsecureServerCredentials.create()
        : TlsNegotiator.server(
            new TlsSettings(
                builder.tls,
                workers,
                builder.limits.handshake(),
                new PeerGate(builder.connections, System::nanoTime),
                new Handshakes(builder.name, builder.metrics)));
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
    server.start();
    return this;
  }

  /** The port it listens on; of use where port 0 was asked for. */
  public int port() {
    return server.getPort();
  }

  /** Takes no new calls, lets running ones finish within {@code grace}, then cancels them. */
  public void shutdown(Duration grace) {
    server.shutdown();
    try {
      if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
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
