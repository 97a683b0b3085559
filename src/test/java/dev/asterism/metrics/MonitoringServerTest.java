package dev.asterism.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MonitoringServerTest {
  private final Metrics metrics = new Metrics();
  private final AtomicReference<Readiness> readiness =
      new AtomicReference<>(Readiness.no("waiting for the policy"));
  private MonitoringServer server;

  @BeforeEach
  void start() throws IOException {
    var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = new MonitoringServer(anyPort, metrics, readiness::get);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void isHealthyAlsoWhileItIsNotReady() throws Exception {
    assertAnswer(200, "ok\n", get("/healthz"));
  }

  @Test
  void saysWhatItWaitsForUntilItIsReady() throws Exception {
    assertAnswer(503, "waiting for the policy\n", get("/readyz"));
    readiness.set(Readiness.yes());
    assertAnswer(200, "ready\n", get("/readyz"));
  }

  @Test
  void showsTheCountersAsPrometheusReadsThem() throws Exception {
    metrics.counter("asterism_joins_total", "Joins.").increment();
    HttpResponse<String> answer = get("/metrics");
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().contains("asterism_joins_total 1.0\n"), answer.body());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8",
        answer.headers().firstValue("Content-Type").orElse(""));
  }

  @Test
  void knowsNoOtherPathAndNoOtherMethod() throws Exception {
    assertEquals(404, get("/").statusCode());
    assertEquals(404, get("/healthz/x").statusCode());
    assertEquals(404, get("/metricsx").statusCode());
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder().method("POST", BodyPublishers.ofString("x")), "/healthz");
    assertEquals(405, answer.statusCode());
    assertEquals("GET", answer.headers().firstValue("Allow").orElse(""));
    assertEquals(405, send(HttpRequest.newBuilder().HEAD(), "/healthz").statusCode());
  }

  @Test
  void aFailureInsideShowsNothingOfIt() throws Exception {
    readiness.set(null);
    assertAnswer(500, "failed\n", get("/readyz"));
    assertAnswer(200, "ok\n", get("/healthz"));
  }

  @Test
  void refusesHeadersWithoutEnd() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      var out = socket.getOutputStream();
      out.write("GET /healthz HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] header = ("X-A: " + "a".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 10_000; i++) {
              out.write(header);
            }
          });
    }
  }

  @Test
  void servesNobodyOnceClosed() {
    server.close();
    assertThrows(IOException.class, () -> get("/healthz"));
  }

  private static void assertAnswer(int status, String body, HttpResponse<String> answer) {
    assertEquals(body, answer.body());
    assertEquals(status, answer.statusCode());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder().GET(), path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String path) throws Exception {
    String host = InetAddress.getLoopbackAddress().getHostAddress();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          request.uri(URI.create("http://" + host + ":" + server.port() + path)).build(),
          BodyHandlers.ofString());
    }
  }
}
