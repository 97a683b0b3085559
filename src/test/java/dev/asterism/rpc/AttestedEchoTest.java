package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttestedEchoTest {
  private static final byte[] HELLO = "hello".getBytes();
  private final Issuer issuer = DummyEvidence.issuer(Variant.QEMU_VTPM);
  private final Verdicts clientHears = new Verdicts();
  private final Verdicts serverHears = new Verdicts();
  private final Echo echo = new Echo();
  private @Nullable RpcServer server;
  private @Nullable ManagedChannel channel;

  @AfterEach
  void close() {
    if (channel != null) {
      channel.shutdownNow();
    }
    if (server != null) {
      server.close();
    }
  }

  private ManagedChannel connect(SslContext serverSide, SslContext clientSide) throws Exception {
    server =
        RpcServer.builder("echo", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .tls(serverSide)
            .service(echo)
            .start();
    channel = Channels.open("127.0.0.1:" + server.port(), clientSide);
    return channel;
  }

  @Test
  void bothSidesAttestAndTheHandlerKnowsItsCaller() throws Exception {
    var verifier = DummyEvidence.verifier(Variant.QEMU_VTPM);
    ManagedChannel open =
        connect(
            AtlsServer.context(issuer, serverHears.by(verifier)),
            AtlsClient.context(issuer, clientHears.by(verifier)));

    assertArrayEquals(HELLO, Echo.say(open, HELLO));

    assertEquals(1, echo.callers().size());
    Echo.Caller caller = echo.callers().getFirst();
    assertTrue(caller.address().startsWith("127.0.0.1:"), caller.address());
    assertEquals(7, caller.attested().orElseThrow().generation());
    assertEquals(caller.address(), serverHears.verdicts().getFirst().peerAddress());
    assertEquals("127.0.0.1:" + server.port(), clientHears.verdicts().getFirst().peerAddress());
  }
}
