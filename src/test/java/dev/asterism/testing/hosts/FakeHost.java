package dev.asterism.testing.hosts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A metadata service on loopback. */
public abstract class FakeHost implements AutoCloseable {
  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Queue<Fault> next = new ArrayDeque<>();
  private volatile Fault always = Fault.NONE;
  private volatile String overridden = "";
  private volatile String override = "";

  /** Every request, as {@code GET /path?query}. */
  public final List<String> asked = new CopyOnWriteArrayList<>();

  /** How it fails. */
  public enum Fault {
    NONE,
    /** 429. */
    BUSY,
    /** 410, as Azure says while a machine is moved. */
    GONE,
    /** 503. */
    DOWN,
    /** Half an answer, and no more. */
    SLOW,
    /** More than anybody should read. */
    HUGE,
    /** To somewhere else. */
    REDIRECT,
    /** A proxy's page. */
    PAGE
  }

  /** What it says; an empty type stands for none. */
  protected record Answer(int status, String body, Map<String, String> headers) {
    public static Answer ok(String body) {
      return new Answer(200, body, Map.of());
    }

    public static Answer status(int status) {
      return new Answer(status, "", Map.of());
    }
  }

  protected FakeHost() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  /** Listens; called last in a constructor. */
  protected final void start() {
    server.setExecutor(task -> Thread.ofVirtual().start(task));
    server.createContext("/", this::handle);
    server.start();
  }

  /**
   * Answers as this cloud's host does.
   *
   * @param path without its query
   */
  protected abstract Answer answer(String method, String path, HttpExchange exchange);

  /** Headers of every answer that is the service's own. */
  protected Map<String, String> always() {
    return Map.of();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Fails so once for each. */
  public void next(Fault... faults) {
    synchronized (next) {
      next.addAll(List.of(faults));
    }
  }

  /** Fails so from now on. */
  public void always(Fault fault) {
    always = fault;
  }

  /** Says this there, whatever it is. */
  public void say(String path, String body) {
    override = body;
    overridden = path;
  }

  /** Whether a request has this header, once, and this value. */
  protected static boolean has(HttpExchange exchange, String header, String value) {
    return List.of(value).equals(exchange.getRequestHeaders().get(header));
  }

  protected static boolean isForwarded(HttpExchange exchange) {
    return exchange.getRequestHeaders().containsKey("X-forwarded-for");
  }

  private Fault fault() {
    synchronized (next) {
      Fault fault = next.poll();
      return fault == null ? always : fault;
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    URI uri = exchange.getRequestURI();
    asked.add(exchange.getRequestMethod() + " " + uri);
    switch (fault()) {
      case NONE -> {
        Answer answer = answer(exchange.getRequestMethod(), uri.getPath(), exchange);
        always().forEach(exchange.getResponseHeaders()::set);
        boolean said = answer.status() == 200 && uri.getPath().equals(overridden);
        send(exchange, said ? Answer.ok(override) : answer);
      }
      case BUSY -> send(exchange, Answer.status(429));
      case GONE -> send(exchange, Answer.status(410));
      case DOWN -> send(exchange, Answer.status(503));
      case SLOW -> hang(exchange);
      case HUGE -> send(exchange, Answer.ok("x".repeat(1024 * 1024 + 1)));
      case REDIRECT ->
          send(exchange, new Answer(302, "", Map.of("Location", uri() + "/elsewhere")));
      case PAGE -> {
        always().forEach(exchange.getResponseHeaders()::set);
        send(exchange, Answer.ok("<html>\u0001</html>"));
      }
    }
    exchange.close();
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      try {
        exchange.getResponseBody().write(body);
      } catch (IOException e) {
        // Whoever asks reads no more than he wants.
      }
    }
  }

  private void hang(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 1000);
    exchange.getResponseBody().write('x');
    exchange.getResponseBody().flush();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
