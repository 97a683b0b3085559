package dev.asterism.collateral;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpUpstreamTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private ServerSocket server;
  private String answer = "";

  /** Whether the connection stays open behind the answer. */
  private boolean hanging;

  private final HttpUpstream upstream =
      new HttpUpstream(new EnvironmentProxies(Map.of(), ProxySelector.of(null)));

  @BeforeEach
  void serve() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket peer = server.accept();
              var in = peer.getInputStream();
              StringBuilder head = new StringBuilder();
              while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
              }
              peer.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
              peer.getOutputStream().flush();
              if (!hanging) {
                peer.close();
              }
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    upstream.close();
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/vcek/v1/Milan/crl?a=1");
  }

  private static String response(String status, String headers, String body) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "\r\n" + body;
  }

  @Test
  void anAnswerIsStatusHeadersAndBody() throws Exception {
    answer = response("200 OK", "Content-Length: 4\r\nX-Chain: abc\r\n", "body");
    Upstream.Reply reply = upstream.get(uri(), 100, LONG);
    assertEquals(200, reply.status());
    assertEquals(Bytes.ofUtf8("body"), reply.body());
    assertEquals(Optional.of("abc"), reply.header("x-chain"));

    answer = response("429 Slow", "Content-Length: 0\r\nRetry-After: 7\r\n", "");
    reply = upstream.get(uri(), 100, LONG);
    assertEquals(429, reply.status());
    assertEquals(Optional.of("7"), reply.header("retry-after"));
  }

  @Test
  void redirectsAreNotFollowed() throws Exception {
    answer = response("302 Found", "Content-Length: 0\r\nLocation: /other\r\n", "");
    assertEquals(302, upstream.get(uri(), 100, LONG).status());
  }

  @Test
  void halfAnAnswerIsNone() {
    answer = response("200 OK", "Content-Length: 400\r\n", "body");
    assertThrows(IOException.class, () -> upstream.get(uri(), 1000, LONG));
  }

  @Test
  void moreThanTheLimitIsNone() {
    answer = response("200 OK", "Content-Length: 101\r\n", "b".repeat(101));
    assertThrows(IOException.class, () -> upstream.get(uri(), 100, LONG));
  }

  @Test
  void whoHangsBeforeOrWithinTheBodyIsGivenUp() {
    hanging = true;
    assertThrows(IOException.class, () -> upstream.get(uri(), 100, Duration.ofMillis(300)));
    answer = response("200 OK", "Content-Length: 400\r\n", "body");
    assertThrows(IOException.class, () -> upstream.get(uri(), 1000, Duration.ofMillis(300)));
  }

  @Test
  void nobodyThereIsAFailure() throws Exception {
    URI gone = uri();
    server.close();
    assertThrows(IOException.class, () -> upstream.get(gone, 100, LONG));
  }

  @Test
  void proxiesAreThoseOfTheEnvironment() {
    ProxySelector none = ProxySelector.of(null);
    var proxies =
        new EnvironmentProxies(
            Map.of(
                "HTTPS_PROXY", "http://proxy.example:3128",
                "http_proxy", "plain.example",
                "NO_PROXY", "localhost,.internal.example, 10.0.0.1"),
            none);
    assertEquals(proxy("proxy.example", 3128), proxies.select(URI.create("https://kds.example/x")));
    assertEquals(proxy("plain.example", 8080), proxies.select(URI.create("http://kds.example/x")));
    for (String host : List.of("localhost", "internal.example", "a.INTERNAL.example", "10.0.0.1")) {
      assertEquals(
          List.of(Proxy.NO_PROXY), proxies.select(URI.create("https://" + host + "/x")), host);
    }
    assertEquals(
        proxy("proxy.example", 3128), proxies.select(URI.create("https://notinternal.example/")));
    assertEquals(
        List.of(Proxy.NO_PROXY),
        new EnvironmentProxies(Map.of("https_proxy", "x:1", "no_proxy", "*"), none)
            .select(URI.create("https://kds.example/x")));
    assertEquals(
        List.of(Proxy.NO_PROXY),
        new EnvironmentProxies(Map.of(), none).select(URI.create("https://kds.example/x")));
  }

  private static List<Proxy> proxy(String host, int port) {
    return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port)));
  }
}
