package dev.asterism.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** A local HTTPS server with canned answers, the last of which is repeated. */
public final class FakeHttps implements AutoCloseable {
  public final TestAuthority authority = new TestAuthority(Instant.now());

  private final HttpsServer server;
  private final Map<String, Deque<Answer>> answers = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** What comes back. */
  private record Answer(int status, byte[] body, String location, boolean hangs) {}

  public FakeHttps() throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setHttpsConfigurator(new HttpsConfigurator(authority.server("localhost")));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public String url(String path) {
    return "https://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  public void answer(String path, int status, byte[] body) {
    add(path, new Answer(status, body, "", false));
  }

  public void redirect(String path, String location) {
    add(path, new Answer(302, new byte[0], location, false));
  }

  /** Sends half of a body, then nothing. */
  public void hang(String path) {
    add(path, new Answer(200, new byte[1000], "", true));
  }

  private synchronized void add(String path, Answer answer) {
    answers.computeIfAbsent(path, _ -> new ArrayDeque<>()).add(answer);
  }

  /** The paths asked for so far. */
  public synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  private synchronized Answer next(String path) {
    asked.add(path);
    Deque<Answer> left = answers.getOrDefault(path, new ArrayDeque<>());
    Answer answer = left.size() > 1 ? left.poll() : left.peek();
    return answer == null ? new Answer(404, new byte[0], "", false) : answer;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = next(exchange.getRequestURI().getPath());
      if (!answer.location().isEmpty()) {
        exchange.getResponseHeaders().set("Location", answer.location());
      }
      int length = answer.body().length;
      exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
      exchange.getResponseBody().write(answer.body(), 0, answer.hangs() ? length / 2 : length);
      if (answer.hangs()) {
        exchange.getResponseBody().flush();
        closed.await();
      }
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
