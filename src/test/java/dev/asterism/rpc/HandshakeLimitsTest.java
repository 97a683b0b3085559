package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.attestation.Issuer;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a peer can use up before it is anybody. */
class HandshakeLimitsTest extends AttestedFixture {

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

      // Their own address may have to wait until they are noticed.
      assertArrayEquals(HELLO, Echo.say(channelFrom("127.0.0.2", server, client), HELLO));
      release.countDown();
    }
  }

  private static void sleepUntil(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
  void onePeerDoesNotHoldAllQuotesThatMayWait() throws Exception {
    var flood = new AtomicBoolean(true);
    var waiting = new AtomicInteger();
    var release = new CountDownLatch(1);
    Issuer slow =
        DummyEvidence.issuer(
            VARIANT,
            (userData, nonce) -> {
              if (flood.get()) {
                waiting.incrementAndGet();
                sleepUntil(release);
              }
              return DummyEvidence.document(userData, nonce);
            });
    RpcServer server = start(builder(AtlsServer.context(slow, null)));
    SslContext client = AtlsClient.context(null, clientHears.by(verifier));
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      // More than may wait for a TPM in all.
      for (int i = 0; i < 80; i++) {
        ManagedChannel channel = channelFrom("127.0.0.2", server, client);
        callers.submit(() -> Echo.say(channel, HELLO));
      }
      int mayWait = PeerLimits.DEFAULT.waitingPerPeer();
      Verdicts.await("as many wait as may", () -> waiting.get() >= mayWait);
      awaitRefusal("handshakes-waiting", "peer");
      flood.set(false);

      assertArrayEquals(HELLO, Echo.say(channelFrom("127.0.0.3", server, client), HELLO));
      assertEquals(mayWait, waiting.get());
      release.countDown();
    }
  }

  @Test
  void manyNodesBehindOneAddressGetThroughWhenTheyComeBack() throws Exception {
    var goOn = new CountDownLatch(1);
    Issuer slow =
        DummyEvidence.issuer(
            VARIANT,
            (userData, nonce) -> {
              sleepUntil(goOn);
              return DummyEvidence.document(userData, nonce);
            });
    RpcServer server = start(builder(AtlsServer.context(slow, null)));
    SslContext client = AtlsClient.context(null, clientHears.by(verifier));
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var joining = new ArrayList<Future<?>>();
      for (int i = 0; i < 48; i++) {
        ManagedChannel channel = channelFrom("127.0.0.2", server, client);
        joining.add(callers.submit(() -> Verdicts.await("it is in", () -> succeeds(channel))));
      }
      awaitRefusal("handshakes-waiting", "peer");
      goOn.countDown();
      for (Future<?> node : joining) {
        node.get();
      }
    }
  }

  @Test
  void aVerificationForAPeerThatHungUpKeepsItsPlaceUntilItEnds() throws Exception {
    var stuck = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var deaf =
        new Intercepted(() -> {
          stuck.countDown();
          while (release.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            var _ = Thread.interrupted();
          }
        });
    var fast = new PeerLimits.Rate(1000, 1000);
    RpcServer server =
        start(
            builder(AtlsServer.context(null, serverHears.by(deaf)))
                .connections(new PeerLimits(fast, fast, 1, 1)));
    SslContext client = AtlsClient.context(issuer, null);
    ManagedChannel first = channel(server, client);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      callers.submit(() -> Echo.say(first, HELLO));
      assertTrue(stuck.await(20, TimeUnit.SECONDS));
      first.shutdownNow();
    }
    Verdicts.await("whoever waited for it has gone", () -> !serverHears.rejections().isEmpty());
    // So has the thread that told.
    Thread.sleep(300);

    ManagedChannel second = channel(server, client);
    assertThrows(StatusRuntimeException.class, () -> Echo.say(second, HELLO));
    awaitRefusal("handshakes-waiting", "peer");

    release.countDown();
    Verdicts.await("the place is free", () -> succeeds(second));
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

  @Test
  void countsHandshakes() throws Exception {
    RpcServer server = start(builder(AtlsServer.context(null, serverHears.by(verifier))));
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
}
