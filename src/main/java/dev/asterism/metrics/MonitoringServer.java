package dev.asterism.metrics;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * {@code /healthz}, {@code /readyz} and {@code /metrics} on a port of their own, so that neither a
 * flood of requests nor a firewall rule on the service's port hides how it is.
 */
public final class MonitoringServer implements AutoCloseable {
  private final HttpPort port;

  /**
   * Serves from now on.
   *
   * @param readiness asked at each request; answers at once
   * @throws IOException if the address cannot be bound
   */
  public MonitoringServer(InetSocketAddress address, Metrics metrics, Supplier<Readiness> readiness)
      throws IOException {
    port =
        new HttpPort(
            address, HttpLimits.DEFAULT, request -> answer(request, metrics, readiness), metrics);
  }

  /** The port bound, also where the address said 0. */
  public int port() {
    return port.port();
  }

  private static HttpAnswer answer(
      HttpRequest request, Metrics metrics, Supplier<Readiness> readiness) {
    if (!request.method().equals("GET")) {
      return HttpAnswer.onlyGet();
    }
    return switch (request.path()) {
      case "/healthz" -> HttpAnswer.text(200, "ok\n");
      case "/readyz" -> {
        Readiness state = readiness.get();
        yield HttpAnswer.text(state.ready() ? 200 : 503, state.reason() + "\n");
      }
      case "/metrics" -> HttpAnswer.of(200, Metrics.CONTENT_TYPE, metrics.scrape());
      default -> HttpAnswer.text(404, "try /healthz, /readyz or /metrics\n");
    };
  }

  @Override
  public void close() {
    port.close();
  }
}
