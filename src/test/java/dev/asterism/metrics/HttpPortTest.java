package dev.asterism.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers can do to a plain HTTP port, over real sockets. */
@Timeout(60)
class HttpPortTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String GET = "GET /it?x=%20y HTTP/1.1\r\nHost: x\r\n\r\n";

  private final Metrics metrics = new Metrics();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch mayFinish = new CountDownLatch(1);

  @AfterEach
  void close() throws Exception {
    mayFinish.countDown();
    for (AutoCloseable closing : open.reversed()) {
      closing.close();
    }
    callers.shutdownNow();
  }

  private HttpPort start(HttpLimits limits, HttpPort.HttpHandler handler) throws IOException {
    var port =
        new HttpPort(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits, handler, metrics);
    open.add(port);
    return port;
  }

  private HttpPort start(HttpLimits limits) throws IOException {
    return start(
        limits,
        request ->
            HttpAnswer.text(
                200, request.method() + " " + request.path() + " " + request.query() + "\n"));
  }

  private static HttpLimits places(int connections, int perPeer) {
    return new HttpLimits(1000, LONG, LONG, connections, perPeer);
  }

  private HttpAnswer slowly(HttpRequest request) {
    working.countDown();
    try {
      mayFinish.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return HttpAnswer.text(200, "done\n");
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    int port = start(places(1, 1)).port();

    var taken =
        assertThrows(
            IOException.class,
            () ->
                new HttpPort(
                    new InetSocketAddress("127.0.0.1", port),
                    places(1, 1),
                    request -> HttpAnswer.text(200, ""),
                    metrics));

    assertEquals(
        "cannot listen on 127.0.0.1:%d: Address already in use".formatted(port),
        taken.getMessage());
  }

  private Socket socketFrom(String address, HttpPort port) throws IOException {
    var socket =
        new Socket(
            InetAddress.getLoopbackAddress(), port.port(), InetAddress.ofLiteral(address), 0);
    open.add(socket);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private Socket socket(HttpPort port) throws IOException {
    return socketFrom("127.0.0.1", port);
  }

  private static String exchange(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void assertStatus(int status, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  private void awaitRefusal(String limit) throws Exception {
    String line = "asterism_refusals_total{limit=\"" + limit + "\"";
    for (int i = 0; i < 2000 && !metrics.scrape().contains(line); i++) {
      Thread.sleep(5);
    }
    assertTrue(metrics.scrape().contains(line), metrics.scrape());
  }

  @Test
  void answersOneRequestAndCloses() throws Exception {
    String answer = exchange(socket(start(HttpLimits.DEFAULT)), GET + GET);
    assertStatus(200, answer);
    assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
    assertTrue(answer.endsWith("\r\n\r\nGET /it x=%20y\n"), answer);
  }

  @Test
  void neverReadsABodyAndAnswersAllTheSame() throws Exception {
    HttpPort port = start(HttpLimits.DEFAULT);
    String head = "POST /it HTTP/1.1\r\nContent-Length: 20000\r\n\r\n";
    assertStatus(200, exchange(socket(port), head + "x".repeat(20_000)));
    assertStatus(200, exchange(socket(port), head + GET));
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    String answer =
        exchange(socket(start(HttpLimits.DEFAULT)), "HEAD /it HTTP/1.1\r\nHost: x\r\n\r\n");
    assertStatus(200, answer);
    assertTrue(answer.endsWith("\r\n\r\n"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET",
        "GET /",
        "GET / HTTP/2.0",
        "get / HTTP/1.1",
        "GET  / HTTP/1.1",
        "GET http://x/ HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /\u0000 HTTP/1.1",
        "GET /\u00e4 HTTP/1.1",
        "GET /#x HTTP/1.1",
        "GET / HTTP/1.1 ",
        "\u0016\u0003\u0001",
      })
  void refusesWhatIsNoRequest(String line) throws Exception {
    assertStatus(400, exchange(socket(start(HttpLimits.DEFAULT)), line + "\r\n\r\n"));
  }

  @Test
  void refusesHeadersThatAreTooLarge() throws Exception {
    HttpPort port = start(new HttpLimits(1000, LONG, LONG, 10, 10));
    String start = "GET / HTTP/1.1\r\nA: ";
    int fits = 1000 - start.length() - 4;
    assertStatus(200, exchange(socket(port), start + "x".repeat(fits) + "\r\n\r\n"));
    assertStatus(431, exchange(socket(port), start + "x".repeat(fits + 1) + "\r\n\r\n"));
    assertStatus(431, exchange(socket(port), "x".repeat(2000)));
  }

  @Test
  void closesWhoIsSilentOrDrips() throws Exception {
    HttpPort port = start(new HttpLimits(1000, SHORT, LONG, 10, 10));
    assertEquals(-1, socket(port).getInputStream().read());
    Socket dripping = socket(port);
    assertThrows(
        IOException.class,
        () -> {
          for (int i = 0; i < 500; i++) {
            dripping.getOutputStream().write('x');
            Thread.sleep(50);
          }
        });
    awaitRefusal("http-request-time");
  }

  @Test
  void closesWhoDoesNotTakeItsAnswer() throws Exception {
    String large = "x".repeat(32 * 1024 * 1024);
    HttpPort port =
        start(new HttpLimits(1000, LONG, SHORT, 10, 10), request -> HttpAnswer.text(200, large));
    Socket socket = socket(port);
    socket.getOutputStream().write(GET.getBytes(StandardCharsets.ISO_8859_1));
    awaitRefusal("http-answer-time");
  }

  @Test
  void idleConnectionsOfOnesOwnAddressDoNotStopARequest() throws Exception {
    HttpPort port = start(places(1000, 5));
    Socket first = socket(port);
    for (int i = 0; i < 100; i++) {
      socket(port);
    }
    assertStatus(200, exchange(socket(port), GET));
    assertEquals(-1, first.getInputStream().read());
    awaitRefusal("http-connections-evicted");
  }

  @Test
  void idleConnectionsOfOthersDoNotStopARequest() throws Exception {
    HttpPort port = start(places(5, 1000));
    for (int i = 0; i < 100; i++) {
      socketFrom("127.0.0.2", port);
    }
    assertStatus(200, exchange(socket(port), GET));
  }

  @Test
  void whatIsBeingAnsweredStaysAndWhereAllIsTheNewcomerIsClosed() throws Exception {
    HttpPort port = start(places(1, 1), this::slowly);
    Socket slow = socket(port);
    var answer = callers.submit(() -> exchange(slow, GET));
    assertTrue(working.await(10, TimeUnit.SECONDS));
    assertEquals(-1, socket(port).getInputStream().read());
    awaitRefusal("http-connections");
    mayFinish.countDown();
    assertStatus(200, answer.get());
  }

  @Test
  void closingFinishesWhatIsUnderWayAndNothingElse() throws Exception {
    HttpPort port = start(places(100, 100), this::slowly);
    Socket slow = socket(port);
    Socket idle = socket(port);
    var answer = callers.submit(() -> exchange(slow, GET));
    assertTrue(working.await(10, TimeUnit.SECONDS));
    var closing = callers.submit(port::close);
    assertEquals(-1, idle.getInputStream().read());
    mayFinish.countDown();
    assertStatus(200, answer.get());
    closing.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aFailureInsideShowsNothingOfIt() throws Exception {
    HttpPort port =
        start(
            HttpLimits.DEFAULT,
            request -> {
              throw new IllegalStateException("inner detail");
            });
    String answer = exchange(socket(port), GET);
    assertStatus(500, answer);
    assertTrue(!answer.contains("inner"), answer);
  }

  @Test
  void aLimitOfNothingIsABug() {
    assertThrows(IllegalArgumentException.class, () -> new HttpLimits(0, LONG, LONG, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new HttpLimits(1, Duration.ZERO, LONG, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new HttpLimits(1, LONG, Duration.ZERO, 1, 1));
  }
}
