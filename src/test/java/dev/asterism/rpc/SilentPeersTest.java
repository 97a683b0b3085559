package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.testing.Echo;
import dev.asterism.testing.RawTls;
import dev.asterism.testing.RecordingTls;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that begin and do not go on: what they hold, and for how long. */
@Timeout(60)
class SilentPeersTest extends AttestedFixture {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final PeerLimits.Rate FAST = new PeerLimits.Rate(1000, 1000);
  private static final PeerLimits ONE_AT_A_TIME = new PeerLimits(FAST, FAST, 1, 1);

  private final RecordingTls tls = new RecordingTls(AtlsServer.context(null, null));
  private final SslContext client = AtlsClient.context(null, null);

  private RpcServer start(Limits.Times times) throws Exception {
    return start(builder(tls).limits(Limits.DEFAULT.with(times)));
  }

  @Test
  void whoSaysNothingIsClosedSoonAndCostsNoEngine() throws Exception {
    RpcServer server = start(Limits.Times.DEFAULT.withHello(SHORT));
    assertCloses(socket(server));
    awaitRefusal("hello-time", "any");
    assertEquals(0, tls.engines());
  }

  @Test
  void whoDripsHisHelloIsClosedTooAndCostsNoEngine() throws Exception {
    RpcServer server = start(Limits.Times.DEFAULT.withHello(SHORT));
    Socket socket = socket(server);
    byte[] hello = RawTls.clientHello();
    assertThrows(
        IOException.class,
        () -> {
          for (int i = 0; i < hello.length - 1; i++) {
            socket.getOutputStream().write(hello[i]);
            Thread.sleep(50);
          }
        });
    awaitRefusal("hello-time", "any");
    assertEquals(0, tls.engines());
  }

  @Test
  void whatIsNoHelloIsClosedAtOnce() throws Exception {
    RpcServer server = start(Limits.Times.DEFAULT.withHello(Duration.ofMinutes(5)));
    byte[] longHello = Arrays.copyOf(new byte[] {0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0}, 9000);
    byte[] otherRecord = {0x17, 3, 3, 0, 1, 0};
    byte[] otherMessage = {0x16, 3, 1, 0, 4, 2, 0, 0, 0};
    byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes();
    for (byte[] bytes : new byte[][] {longHello, otherRecord, otherMessage, http}) {
      Socket socket = socket(server);
      socket.getOutputStream().write(bytes);
      assertCloses(socket);
    }
    assertEquals(0, tls.engines());
    assertArrayEquals(HELLO, Echo.say(channel(server, client), HELLO));
  }

  @Test
  void aHelloInPiecesIsAHello() throws Exception {
    RpcServer server = start(Limits.Times.DEFAULT);
    Socket socket = socket(server);
    for (byte piece : RawTls.clientHello()) {
      socket.getOutputStream().write(piece);
    }
    assertEquals(0x16, socket.getInputStream().read(), "the server's own handshake record");
  }

  @Test
  void silentPeersHoldNoPlaceAmongHandshakes() throws Exception {
    RpcServer server = start(builder(tls).connections(ONE_AT_A_TIME));
    for (int i = 0; i < 20; i++) {
      Socket socket = socket(server);
      socket.getOutputStream().write(RawTls.clientHello(), 0, i * 3);
    }
    assertArrayEquals(HELLO, Echo.say(channel(server, client), HELLO));
  }

  @Test
  void whoFallsSilentAfterItsHelloHoldsNoPlaceEither() throws Exception {
    RpcServer server = start(builder(tls).connections(new PeerLimits(FAST, FAST, 8, 8)));
    for (int i = 0; i < 30; i++) {
      Socket socket = socket(server);
      socket.getOutputStream().write(RawTls.clientHello());
      assertEquals(0x16, socket.getInputStream().read());
    }
    assertArrayEquals(HELLO, Echo.say(channel(server, client), HELLO));
  }

  @Test
  void whoDoesNotFinishItsHandshakeIsClosed() throws Exception {
    RpcServer server = start(Limits.Times.DEFAULT.withHandshake(SHORT));
    Socket socket = socket(server);
    socket.getOutputStream().write(RawTls.clientHello());
    assertCloses(socket);
    awaitRefusal("handshake-time", "any");
  }

  @Test
  void whoNeverBeginsHttp2IsClosed() throws Exception {
    RpcServer server = start(Limits.Times.DEFAULT.withPreface(SHORT));
    SSLSocket socket =
        (SSLSocket) RawTls.context().getSocketFactory().createSocket("127.0.0.1", server.port());
    opened(socket);
    socket.setSSLParameters(RawTls.parameters());
    socket.setSoTimeout(10_000);
    socket.startHandshake();
    assertCloses(socket);
    awaitRefusal("preface-time", "any");
  }

  @Test
  void whileTooManyVerificationsAreUnderWayOthersAreClosedAndMayComeBack() throws Exception {
    var verifying = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var slow =
        new Intercepted(() -> {
          verifying.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    RpcServer server =
        start(builder(AtlsServer.context(null, serverHears.by(slow))).connections(ONE_AT_A_TIME));
    SslContext attesting = AtlsClient.context(issuer, null);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      ManagedChannel first = channel(server, attesting);
      var answer = callers.submit(() -> Echo.say(first, HELLO));
      assertTrue(verifying.await(20, TimeUnit.SECONDS));

      ManagedChannel second = channel(server, attesting);
      var refused = assertThrows(StatusRuntimeException.class, () -> Echo.say(second, HELLO));
      assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
      awaitRefusal("handshakes-waiting", "peer");

      goOn.countDown();
      assertArrayEquals(HELLO, answer.get());
    }
    assertArrayEquals(HELLO, Echo.say(channel(server, attesting), HELLO));
  }
}
