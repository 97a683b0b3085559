package dev.asterism.keyservice;

import dev.asterism.audit.AuditLog;
import dev.asterism.keys.KeySource;
import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.MonitoringServer;
import dev.asterism.metrics.Readiness;
import dev.asterism.rpc.Limits;
import dev.asterism.rpc.MutualTls;
import dev.asterism.rpc.RpcServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The key-service with all its ports. */
public final class KeyServiceRole implements AutoCloseable {
  /** Where old services expect it. */
  public static final int DEFAULT_PORT = 9000;

  /** How long a certificate that was withdrawn may still be of use. */
  private static final Duration CONNECTION = Duration.ofMinutes(1);

  /** A join-service asks for all its nodes over one connection. */
  private static final Limits LIMITS =
      Limits.DEFAULT.with(Limits.Places.DEFAULT.withStreams(64).withCalls(256, 128));

  private static final Duration GRACE = LIMITS.times().call();

  private final RpcServer server;
  private final MonitoringServer monitoring;
  private volatile Readiness readiness = Readiness.yes();

  /**
   * Serves from now on.
   *
   * @param listen where keys are given
   * @param tls null: plain gRPC, so that nobody has a name
   * @param callers who may have which keys
   * @param monitoring where health, readiness and counters are shown
   * @throws IOException if an address cannot be bound
   */
  public KeyServiceRole(
      InetSocketAddress listen,
      InetSocketAddress monitoring,
      @Nullable MutualTls tls,
      Callers callers,
      KeySource keys,
      AuditLog audit)
      throws IOException {
    var metrics = new Metrics();
    var builder =
        RpcServer.builder("key-service", listen)
            .service(new KeyService(keys, callers, audit, metrics))
            .limits(LIMITS)
            .metrics(metrics);
    this.server = (tls == null ? builder : builder.mutualTls(tls, CONNECTION)).start();
    try {
      this.monitoring = new MonitoringServer(monitoring, metrics, () -> readiness);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** The port keys are given on. */
  public int port() {
    return server.port();
  }

  public int monitoringPort() {
    return monitoring.port();
  }

  /** Blocks until it is closed. */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  /** Finishes the calls it has, and takes no new ones. */
  @Override
  public void close() {
    readiness = Readiness.no("stopping");
    server.shutdown(GRACE);
    monitoring.close();
  }
}
