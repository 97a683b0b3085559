package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.attestation.Issuer;
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
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC over attested connections. */
class AttestedServerTest extends AttestedFixture {

  private static final byte[] NO_TLS = "GET / HTTP/1.1\r\n\r\n".getBytes();

  /** The beginning of a handshake record that promises 512 bytes. */
  private static final byte[] HALF_A_RECORD = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00};

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

    for (int i = 0; i < 20; i++) {
      try (var stranger = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        stranger.getOutputStream().write(i % 2 == 0 ? NO_TLS : HALF_A_RECORD);
      }
    }

    assertTrue(serverTls.engines() >= 100 && clientTls.engines() >= 100);
    Verdicts.await("all engines are released", () -> serverTls.live() + clientTls.live() == 0);
  }
}
