package dev.asterism.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A plain HTTP port for small answers, each on a virtual thread of its own, with bounds on what a
 * stranger may send and how long that may take.
 */
public final class HttpPort implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpPort.class.getName());

  /** The JDK's server is bounded by these alone, which it reads when its first port opens. */
  private static final Map<String, String> LIMITS =
      Map.of(
          "jdk.httpserver.maxConnections", "512",
          "sun.net.httpserver.maxReqHeaders", "64",
          "sun.net.httpserver.maxReqHeaderSize", "16384",
          "sun.net.httpserver.maxReqTime", "10",
          "sun.net.httpserver.maxRspTime", "60",
          "sun.net.httpserver.idleInterval", "30",
          "sun.net.httpserver.maxIdleConnections", "64",
          "sun.net.httpserver.nodelay", "true");

  static {
    for (Map.Entry<String, String> limit : LIMITS.entrySet()) {
      if (System.getProperty(limit.getKey()) == null) {
        System.setProperty(limit.getKey(), limit.getValue());
      }
    }
  }

  private static final int BACKLOG = 128;
  private static final int GRACE_SECONDS = 5;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Serves from now on.
   *
   * @param handler gets every request; what it throws becomes a bare 500
   * @throws IOException if the address cannot be bound
   */
  public HttpPort(InetSocketAddress address, HttpHandler handler) throws IOException {
    server = HttpServer.create(address, BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", exchange -> handle(exchange, handler));
    server.start();
  }

  /** The port bound, also where the address said 0. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Whether the method is GET; any other is answered here. */
  public static boolean isGet(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      return true;
    }
    exchange.getResponseHeaders().set("Allow", "GET");
    reply(exchange, 405, "text/plain; charset=utf-8", "only GET is served\n");
    return false;
  }

  /** Answers a request, once. */
  public static void reply(HttpExchange exchange, int status, String contentType, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", contentType);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void handle(HttpExchange exchange, HttpHandler handler) throws IOException {
    try (exchange) {
      try {
        handler.handle(exchange);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "an HTTP request failed", e);
        if (exchange.getResponseCode() < 0) {
          reply(exchange, 500, "text/plain; charset=utf-8", "failed\n");
        }
      }
    }
  }

  /** Takes no new requests, and waits a little for those it has. */
  @Override
  public void close() {
    server.stop(GRACE_SECONDS);
    threads.shutdownNow();
  }
}
