package dev.asterism.metrics;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * {@code /healthz}, {@code /readyz} and {@code /metrics} on a port of their own, so that neither a
 * flood of requests nor a firewall rule on the service's port hides how it is.
 */
public final class MonitoringServer implements AutoCloseable {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpPort port;

  /**
   * Serves from now on.
   *
   * @param readiness asked at each request; answers at once
   * @throws IOException if the address cannot be bound
   */
  public MonitoringServer(InetSocketAddress address, Metrics metrics, Supplier<Readiness> readiness)
      throws IOException {
    port = new HttpPort(address, exchange -> answer(exchange, metrics, readiness));
  }

  /** The port bound, also where the address said 0. */
  public int port() {
    return port.port();
  }

  private static void answer(HttpExchange exchange, Metrics metrics, Supplier<Readiness> readiness)
      throws IOException {
    if (!HttpPort.isGet(exchange)) {
      return;
    }
    switch (exchange.getRequestURI().getPath()) {
      case "/healthz" -> HttpPort.reply(exchange, 200, TEXT, "ok\n");
      case "/readyz" -> {
        Readiness state = readiness.get();
        HttpPort.reply(exchange, state.ready() ? 200 : 503, TEXT, state.reason() + "\n");
      }
      case "/metrics" -> HttpPort.reply(exchange, 200, Metrics.CONTENT_TYPE, metrics.scrape());
      default -> HttpPort.reply(exchange, 404, TEXT, "try /healthz, /readyz or /metrics\n");
    }
  }

  @Override
  public void close() {
    port.close();
  }
}
