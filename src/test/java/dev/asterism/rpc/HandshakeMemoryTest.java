package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What peers make a server keep before it knows them. */
@Timeout(60)
class HandshakeMemoryTest extends AttestedFixture {
  private static final int LIMIT = 64 * 1024;

  private RpcServer startWithLittle() throws Exception {
    return start(
        builder(AtlsServer.context(null, serverHears.by(verifier)))
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
