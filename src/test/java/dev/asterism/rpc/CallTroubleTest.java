package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.testing.Echo;
import dev.asterism.testing.TestAuthority;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.ClientCalls;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong on real connections, and how it is told. */
@Timeout(60)
class CallTroubleTest extends RpcFixture {
  private static final Instant NOW = Instant.now();
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  private final TestAuthority authority = new TestAuthority(NOW);
  private final TlsIdentity client = authority.identity("csi", Usage.CLIENT);
  private RpcServer server;
  private String who;

  @BeforeEach
  void serve() throws Exception {
    serve(new Echo());
  }

  private void serve(Echo echo) throws Exception {
    TlsIdentity identity = authority.identity("echo", Usage.SERVER);
    server =
        start(
            builder()
                .mutualTls(new MutualTls(() -> identity, CLOCK), Duration.ofHours(1))
                .service(echo));
    who = "echo 127.0.0.1:" + server.port();
  }

  private static SslContext tls(TlsIdentity identity, String host) {
    return new MutualTls(() -> identity, CLOCK).client(host);
  }

  private String trouble(int port, @Nullable SslContext tls, Duration limit) {
    ManagedChannel channel = Channels.open("127.0.0.1:" + port, tls);
    opened(channel::shutdownNow);
    return trouble(port, channel, limit);
  }

  private static String trouble(int port, ManagedChannel channel, Duration limit) {
    var options = CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    var failure =
        assertThrows(
            StatusRuntimeException.class,
            () -> ClientCalls.blockingUnaryCall(channel, Echo.SAY, options, HELLO));
    return CallTrouble.of("echo", "127.0.0.1:" + port, channel, limit, failure);
  }

  private String trouble(@Nullable SslContext tls) {
    return trouble(server.port(), tls, Duration.ofSeconds(40));
  }

  @Test
  void aCertificateOfAnotherNameIsNamed() {
    assertEquals(
        "no TLS with "
            + who
            + ": the server's certificate does not name key-service.kube-system as an alternative name",
        trouble(tls(client, "key-service.kube-system")));
  }

  @Test
  void aServerOfAnotherAuthorityIsNamed() {
    var strangers = new TestAuthority(NOW);
    String words = trouble(tls(authority.identity("csi", Usage.CLIENT, strangers), "127.0.0.1"));
    assertTrue(words.startsWith("no TLS with " + who + ": CN=echo has no issuer"), words);
  }

  @Test
  void aServerThatRefusesOurCertificateIsTheOneToAsk() {
    var stranger = new TestAuthority(NOW).identity("csi", Usage.CLIENT, authority);
    String words = trouble(tls(stranger, "127.0.0.1"));
    assertTrue(words.startsWith(who + " broke off the TLS handshake (alert "), words);
  }

  @Test
  void nobodyThereIsSaidWithItsCause() {
    int port = server.port();
    server.close();
    String words = trouble(port, tls(client, "127.0.0.1"), Duration.ofSeconds(40));
    assertTrue(words.startsWith(who + " does not answer: "), words);
    assertTrue(words.contains("Connection refused"), words);
  }

  @Test
  void aServerThatSaysNothingIsNoConnection() throws Exception {
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertEquals(
          "no connection with echo 127.0.0.1:" + silent.getLocalPort() + " came about within 1 s",
          trouble(silent.getLocalPort(), tls(client, "127.0.0.1"), Duration.ofSeconds(1)));
    }
  }

  @Test
  void aServerThatWorksTooLongIsConnected() throws Exception {
    var slow = new AtomicBoolean();
    var over = new CountDownLatch(1);
    serve(
        new Echo(() -> {
          if (slow.get()) {
            over.await();
          }
          return null;
        }));
    ManagedChannel channel = channel(server, tls(client, "127.0.0.1"));
    Echo.say(channel, HELLO);
    slow.set(true);
    assertEquals(
        who + " is connected, but did not answer within 1 s",
        trouble(server.port(), channel, Duration.ofSeconds(1)));
    over.countDown();
  }

  @Test
  void whatTheServiceItselfSaysIsRepeated() throws Exception {
    serve(
        new Echo(() -> {
          throw new CallException(Status.Code.PERMISSION_DENIED, "not this one");
        }));
    assertEquals(
        who + " refuses (PERMISSION_DENIED): not this one", trouble(tls(client, "127.0.0.1")));
  }

  @Test
  void aServiceThatCannotNowIsNotAway() throws Exception {
    serve(
        new Echo(() -> {
          throw new CallException(Status.Code.UNAVAILABLE, "the key source does not answer");
        }));
    assertEquals(
        who + " has no answer now: the key source does not answer",
        trouble(tls(client, "127.0.0.1")));
  }
}
