package dev.asterism.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A local HTTP server with canned answers. */
public final class FakeHttp implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private record Answer(int status, byte[] body, Map<String, String> headers, boolean hangs) {}

  public FakeHttp() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(task -> Thread.ofVirtual().start(task));
    server.createContext("/", this::handle);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public void answer(String path, String body) {
    answer(path, 200, body);
  }

  public void answer(String path, int status, String body) {
    answers.put(path, new Answer(status, body.getBytes(StandardCharsets.UTF_8), Map.of(), false));
  }

  /**
   * Answers with bytes.
   *
   * @param path with its query, where only that is meant
   */
  public void answer(String path, Bytes body, Map<String, String> headers) {
    answers.put(path, new Answer(200, body.toArray(), headers, false));
  }

  /** Sends the headers and the first byte, then nothing. */
  public void hang(String path) {
    answers.put(path, new Answer(200, new byte[1000], Map.of(), true));
  }

  private void handle(HttpExchange exchange) throws IOException {
    URI asked = exchange.getRequestURI();
    Answer answer = answers.get(asked.toString());
    if (answer == null) {
      answer = answers.get(asked.getPath());
    }
    if (answer == null) {
      exchange.sendResponseHeaders(404, -1);
    } else if (answer.status() == 302) {
      exchange.getResponseHeaders().add("Location", uri() + "/endpoint");
      exchange.sendResponseHeaders(302, -1);
    } else {
      answer.headers().forEach(exchange.getResponseHeaders()::add);
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      if (answer.hangs()) {
        exchange.getResponseBody().write(1);
        exchange.getResponseBody().flush();
        await();
      }
      exchange.getResponseBody().write(answer.body());
    }
    exchange.close();
  }

  private void await() {
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
