package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What peers make a server keep before it knows them. */
@Timeout(60)
class HandshakeMemoryTest extends AttestedFixture {
  private static final int LIMIT = 64 * 1024;

  private RpcServer startWithLittle() throws Exception {
    return startWithLittle(verifier);
  }

  private RpcServer startWithLittle(Verifier judge) throws Exception {
    return start(
        builder(AtlsServer.context(null, serverHears.by(judge)))
            .limits(Limits.DEFAULT.with(Limits.Places.DEFAULT.withHandshakeBytes(LIMIT))));
  }

  private ManagedChannel sending(RpcServer server, int documentBytes) {
    return channel(
        server,
        AtlsClient.context(
            DummyEvidence.issuer(VARIANT, (userData, nonce) -> Bytes.zeros(documentBytes)), null));
  }

  @Test
  void aLargeCertificateEndsWhereTheMemoryDoes() throws Exception {
    RpcServer server = startWithLittle();
    ManagedChannel large = sending(server, LIMIT);
    assertThrows(StatusRuntimeException.class, () -> Echo.say(large, HELLO));
    awaitRefusal("handshake-bytes", "any");
    assertTrue(serverHears.verdicts().isEmpty(), "nothing of it was judged");
    large.shutdownNow();
    ManagedChannel honest = channel(server, AtlsClient.context(issuer, null));
    Verdicts.await("the memory is free", () -> succeeds(honest));
  }

  @Test
  void closedConnectionsGiveTheirMemoryBack() throws Exception {
    RpcServer server = startWithLittle();
    for (int i = 0; i < 10; i++) {
      ManagedChannel half = sending(server, LIMIT / 2);
      assertThrows(StatusRuntimeException.class, () -> Echo.say(half, HELLO));
      half.shutdownNow();
      int judged = i + 1;
      Verdicts.await("it is judged", () -> serverHears.verdicts().size() >= judged);
    }
    assertTrue(!metrics.scrape().contains("handshake-bytes"), metrics.scrape());
  }

  /** Holds on to each document, whatever it is told, until it may go on. */
  private final class Holding implements Verifier {
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger held = new AtomicInteger();

    @Override
    public Variant variant() {
      return VARIANT;
    }

    @Override
    public Appraisal verify(Bytes document, Challenge challenge) {
      held.addAndGet(document.length());
      while (goOn.getCount() > 0) {
        LockSupport.parkNanos(1_000_000);
        var _ = Thread.interrupted();
      }
      held.addAndGet(-document.length());
      return verifier.verify(document, challenge);
    }
  }

  private double failedHandshakes() {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith("asterism_handshakes_total{result=\"failed\"}"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  @Test
  void whatIsJudgedForPeersThatHungUpStillCounts() throws Exception {
    var holding = new Holding();
    RpcServer server = startWithLittle(holding);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 1; i <= 8; i++) {
        ManagedChannel third = sending(server, LIMIT / 3);
        int before = holding.held.get();
        var call = callers.submit(() -> Echo.say(third, HELLO));
        Verdicts.await("it is judged or not", () -> holding.held.get() > before || call.isDone());
        third.shutdownNow();
        int ended = i;
        Verdicts.await("the server sees its end", () -> failedHandshakes() >= ended);
        assertTrue(holding.held.get() <= LIMIT, () -> holding.held + " bytes at once");
      }
    }
    assertTrue(holding.held.get() > 0);
    awaitRefusal("handshake-bytes", "any");

    holding.goOn.countDown();
    Verdicts.await("all is given back", () -> server.handshakeBytes() == 0);
    assertEquals(0, holding.held.get());
  }

  @Test
  void manyLargeOnesAtOnceDoNotStopAnHonestPeer() throws Exception {
    RpcServer server = startWithLittle();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        ManagedChannel half = sending(server, LIMIT / 2);
        var _ = callers.submit(() -> Echo.say(half, HELLO));
      }
    }
    // The channels go on connecting.
    ManagedChannel other = channelFrom("127.0.0.2", server, AtlsClient.context(issuer, null));
    assertArrayEquals(HELLO, Echo.say(other, HELLO));
  }
}
