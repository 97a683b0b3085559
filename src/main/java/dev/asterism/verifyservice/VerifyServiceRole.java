package dev.asterism.verifyservice;

import dev.asterism.attestation.Issuer;
import dev.asterism.metrics.HttpLimits;
import dev.asterism.metrics.HttpPort;
import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.MonitoringServer;
import dev.asterism.metrics.Refusals;
import dev.asterism.rpc.Limits;
import dev.asterism.rpc.PeerGate;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.rpc.RpcServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The verify-service with all its ports. No TLS: evidence proves itself. */
public final class VerifyServiceRole implements AutoCloseable {
  /** A request is a nonce. */
  private static final int MESSAGE = 4 * 1024;

  /** The same as for a quote in a handshake. */
  private static final Duration QUOTE = Duration.ofSeconds(30);

  /** A quote may take as long, and Kubernetes kills after 30 s. */
  private static final Duration GRACE = Duration.ofSeconds(25);

  private static final Duration PROBE_PAUSE = Duration.ofSeconds(5);

  private final RpcServer grpc;
  private final HttpPort http;
  private final MonitoringServer monitoring;
  private final StartProbe probe;

  /**
   * Where it listens.
   *
   * @param monitoring where health, readiness and counters are shown
   */
  public record Addresses(
      InetSocketAddress grpc, InetSocketAddress http, InetSocketAddress monitoring) {}

  /**
   * Serves from now on, also while the hardware does not answer yet.
   *
   * @throws IOException if an address cannot be bound
   */
  public VerifyServiceRole(Addresses addresses, Issuer issuer, PeerLimits limits)
      throws IOException {
    var metrics = new Metrics();
    var gate = new PeerGate("quotes", limits, System::nanoTime, new Refusals(metrics));
    var quotes = new Quotes(issuer, gate, QUOTE, metrics);
    this.grpc =
        RpcServer.builder("verify-service", addresses.grpc())
            .service(new VerifyService(quotes))
            .limits(Limits.DEFAULT.withMessage(MESSAGE))
            .metrics(metrics)
            .start();
    try {
      this.http =
          new HttpPort(addresses.http(), HttpLimits.DEFAULT, new VerifyHttp(quotes), metrics);
    } catch (IOException e) {
      grpc.close();
      throw e;
    }
    this.probe = new StartProbe(issuer, PROBE_PAUSE);
    try {
      this.monitoring = new MonitoringServer(addresses.monitoring(), metrics, probe::readiness);
    } catch (IOException e) {
      probe.close();
      http.close();
      grpc.close();
      throw e;
    }
  }

  public int grpcPort() {
    return grpc.port();
  }

  public int httpPort() {
    return http.port();
  }

  public int monitoringPort() {
    return monitoring.port();
  }

  /** Blocks until it is closed. */
  public void awaitTermination() throws InterruptedException {
    grpc.awaitTermination();
  }

  /** Finishes the calls it has, and takes no new ones. */
  @Override
  public void close() {
    probe.close();
    grpc.shutdown(GRACE);
    http.close();
    monitoring.close();
  }
}
