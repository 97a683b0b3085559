package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.metrics.Metrics;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Echo;
import dev.asterism.testing.RecordingTls;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC over attested connections. */
class AttestedServerTest {
  private static final Variant VARIANT = Variant.QEMU_VTPM;
  private static final byte[] HELLO = "hello".getBytes();

  private final Issuer issuer = DummyEvidence.issuer(VARIANT);
  private final Verifier verifier = DummyEvidence.verifier(VARIANT);
  private final Verdicts clientHears = new Verdicts();
  private final Verdicts serverHears = new Verdicts();
  private final Echo echo = new Echo();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  private RpcServer.Builder builder(SslContext tls) {
    return RpcServer.builder("echo", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .tls(tls)
        .service(echo);
  }

  private RpcServer start(RpcServer.Builder builder) throws Exception {
    RpcServer server = builder.start();
    open.add(server);
    return server;
  }

  private ManagedChannel channel(RpcServer server, SslContext tls) {
    ManagedChannel channel = Channels.open("127.0.0.1:" + server.port(), tls);
    open.add(channel::shutdownNow);
    return channel;
  }

  @Test
  void bothSidesAttestAndTheHandlerKnowsItsCaller() throws Exception {
    RpcServer server = start(builder(AtlsServer.context(issuer, serverHears.by(verifier))));
    ManagedChannel channel = channel(server, AtlsClient.context(issuer, clientHears.by(verifier)));

    assertArrayEquals(HELLO, Echo.say(channel, HELLO));
    assertArrayEquals(HELLO, Echo.say(channel, HELLO));

    Echo.Caller caller = echo.callers().getFirst();
    assertTrue(caller.address().startsWith("127.0.0.1:"), caller.address());
    assertEquals(caller.address(), serverHears.verdicts().getFirst().peerAddress());
    assertEquals("127.0.0.1:" + server.port(), clientHears.verdicts().getFirst().peerAddress());
    assertEquals(7, caller.attested().orElseThrow().generation());
    assertEquals(
        caller.attested(), echo.callers().getLast().attested(), "one connection, one peer");
    assertEquals(1, serverHears.verdicts().size());
  }

  @Test
  void twoConnectionsAreTwoPeers() throws Exception {
    RpcServer server = start(builder(AtlsServer.context(null, serverHears.by(verifier))));
    SslContext client = AtlsClient.context(issuer, null);

    Echo.say(channel(server, client), HELLO);
    Echo.say(channel(server, client), HELLO);

    assertNotEquals(echo.callers().getFirst().attested(), echo.callers().getLast().attested());
  }

  @Test
  void aChannelThatReconnectsIsAttestedAnew() throws Exception {
    Set<Bytes> nonces = ConcurrentHashMap.newKeySet();
    Issuer recording =
        DummyEvidence.issuer(
            VARIANT,
            (userData, nonce) -> {
              nonces.add(nonce);
              return DummyEvidence.document(userData, nonce);
            });
    RpcServer server = start(builder(AtlsServer.context(null, serverHears.by(verifier))));
    ManagedChannel channel = channel(server, AtlsClient.context(recording, null));

    Echo.say(channel, HELLO);
    channel.enterIdle();
    Echo.say(channel, HELLO);

    assertEquals(2, serverHears.verdicts().size());
    assertEquals(2, nonces.size());
    assertNotEquals(echo.callers().getFirst().attested(), echo.callers().getLast().attested());
  }

  @ParameterizedTest(name = "the client refuses: {0}")
  @ValueSource(booleans = {true, false})
  void aRefusedHandshakeIsUnavailableWithTheTlsFailureAsCause(boolean client) throws Exception {
    Issuer liar =
        DummyEvidence.issuer(
            VARIANT, (userData, nonce) -> DummyEvidence.document(userData, Bytes.zeros(32)));
    RpcServer server =
        start(builder(AtlsServer.context(liar, client ? null : serverHears.by(verifier))));
    ManagedChannel channel =
        channel(server, AtlsClient.context(liar, client ? clientHears.by(verifier) : null));

    var failure = assertThrows(StatusRuntimeException.class, () -> Echo.say(channel, HELLO));

    assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode());
    assertTrue(tlsFailure(failure) != null, String.valueOf(failure.getCause()));
    assertEquals(List.of(), echo.callers());
  }

  private static @Nullable SSLException tlsFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException tls) {
        return tls;
      }
    }
    return null;
  }

  @Test
  void evidenceIsMadeAndJudgedOffTheEventLoop() throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Issuer noting =
        DummyEvidence.issuer(
            VARIANT,
            (userData, nonce) -> {
              threads.add(Thread.currentThread());
              return DummyEvidence.document(userData, nonce);
            });
    var notingVerifier = new Intercepted(() -> threads.add(Thread.currentThread()));
    RpcServer server = start(builder(AtlsServer.context(noting, serverHears.by(notingVerifier))));
    ManagedChannel channel =
        channel(server, AtlsClient.context(noting, clientHears.by(notingVerifier)));

    Echo.say(channel, HELLO);

    assertEquals(4, threads.size());
    assertTrue(threads.stream().allMatch(Thread::isVirtual), threads.toString());
  }

  @Test
  void aSlowVerificationHoldsUpNobodyElseEvenWhenItsPeerHangsUp() throws Exception {
    var stuck = new CountDownLatch(16);
    var slow = new AtomicBoolean(true);
    var release = new CountDownLatch(1);
    var sometimes =
        new Intercepted(() -> {
          if (slow.get()) {
            stuck.countDown();
            sleepUntil(release);
          }
        });
    RpcServer server = start(builder(AtlsServer.context(null, serverHears.by(sometimes))));
    SslContext client = AtlsClient.context(issuer, null);
    var hanging = new ArrayList<ManagedChannel>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      // More than there are event loops.
      for (int i = 0; i < 16; i++) {
        ManagedChannel channel = channel(server, client);
        hanging.add(channel);
        callers.submit(() -> Echo.say(channel, HELLO));
      }
      assertTrue(stuck.await(20, TimeUnit.SECONDS));
      slow.set(false);
      hanging.forEach(ManagedChannel::shutdownNow);

      assertArrayEquals(HELLO, Echo.say(channel(server, client), HELLO));
      release.countDown();
    }
  }

  @Test
  void closesConnectionsThatNeverFinishTheirHandshake() throws Exception {
    RpcServer server =
        start(
            builder(AtlsServer.context(null, null))
                .limits(Limits.DEFAULT.withHandshake(Duration.ofMillis(300))));
    try (var silent = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      silent.setSoTimeout(10_000);
      assertEquals(-1, silent.getInputStream().read());
    }
  }

  @Test
  void letsAPeerBeginOnlySoManyHandshakes() throws Exception {
    var rare = new PeerLimits.Rate(0.001, 2);
    RpcServer server =
        start(
            builder(AtlsServer.context(issuer, null))
                .connections(new PeerLimits(rare, new PeerLimits.Rate(100, 100), 10, 10)));
    SslContext client = AtlsClient.context(null, clientHears.by(verifier));

    Echo.say(channel(server, client), HELLO);
    Echo.say(channel(server, client), HELLO);
    ManagedChannel third = channel(server, client);

    assertThrows(StatusRuntimeException.class, () -> Echo.say(third, HELLO));
    assertEquals(2, clientHears.verdicts().size(), "a quote for whom the gate turned away");
  }

  @Test
  void freesThePlaceOfEveryFinishedHandshake() throws Exception {
    var fast = new PeerLimits.Rate(1000, 1000);
    RpcServer server =
        start(
            builder(AtlsServer.context(issuer, serverHears.by(verifier)))
                .connections(new PeerLimits(fast, fast, 1, 1)));
    SslContext good = AtlsClient.context(issuer, null);
    SslContext bad = AtlsClient.context(null, null);

    for (int i = 0; i < 5; i++) {
      Verdicts.await("a place is free", () -> succeeds(channel(server, good)));
      assertThrows(StatusRuntimeException.class, () -> Echo.say(channel(server, bad), HELLO));
    }
  }

  private static boolean succeeds(ManagedChannel channel) {
    try {
      Echo.say(channel, HELLO);
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  @Test
  void countsHandshakes() throws Exception {
    var metrics = new Metrics();
    RpcServer server =
        start(builder(AtlsServer.context(null, serverHears.by(verifier))).metrics(metrics));
    Echo.say(channel(server, AtlsClient.context(issuer, null)), HELLO);
    ManagedChannel refused = channel(server, AtlsClient.context(null, null));
    assertThrows(StatusRuntimeException.class, () -> Echo.say(refused, HELLO));

    Verdicts.await(
        "both are counted",
        () -> {
          String scraped = metrics.scrape();
          return scraped.contains("asterism_handshakes_total{result=\"succeeded\"} 1.0")
              && scraped.contains("asterism_handshakes_total{result=\"failed\"} 1.0");
        });
  }

  @Test
  void manyConnectionsLeaveNothingNativeBehind() throws Exception {
    var serverTls = new RecordingTls(AtlsServer.context(issuer, serverHears.by(verifier)));
    var clientTls = new RecordingTls(AtlsClient.context(issuer, clientHears.by(verifier)));
    RpcServer server =
        start(
            builder(serverTls)
                .connections(
                    new PeerLimits(
                        new PeerLimits.Rate(1000, 1000),
                        new PeerLimits.Rate(1000, 1000),
                        100,
                        100)));
    for (int i = 0; i < 100; i++) {
      ManagedChannel channel = Channels.open("127.0.0.1:" + server.port(), clientTls);
      Echo.say(channel, HELLO);
      channel.shutdownNow();
    }

    assertTrue(serverTls.engines() >= 100 && clientTls.engines() >= 100);
    Verdicts.await("all engines are released", () -> serverTls.live() + clientTls.live() == 0);
  }

  private final class Intercepted implements Verifier {
    private final Runnable before;

    Intercepted(Runnable before) {
      this.before = before;
    }

    @Override
    public Variant variant() {
      return VARIANT;
    }

    @Override
    public Appraisal verify(Bytes document, Challenge challenge) {
      before.run();
      return verifier.verify(document, challenge);
    }
  }

  private static void sleepUntil(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
