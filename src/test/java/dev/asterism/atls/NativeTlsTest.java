package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.internal.tcnative.SSL;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What we rely on of Netty's and tcnative's internals. If one of these fails after an update,
 * attested connections are not what they were.
 */
class NativeTlsTest {
  private final SslContext client = AtlsClient.context(null, null);
  private final SslContext server = AtlsServer.context(null, null);

  private SSLEngine clientEngine() {
    return client.newEngine(ByteBufAllocator.DEFAULT, "server.example", 1);
  }

  private static void release(SSLEngine engine) {
    assertTrue(((ReferenceCountedOpenSslEngine) engine).release());
  }

  @Test
  void theLibraryIsBoringSsl() {
    assertEquals("BoringSSL", OpenSsl.versionString());
  }

  @Test
  void anEngineHasAPointerUntilItIsReleased() {
    var engine = (ReferenceCountedOpenSslEngine) clientEngine();
    assertNotEquals(0, engine.sslPointer());

    release(engine);

    assertEquals(0, engine.sslPointer());
    assertThrows(IllegalStateException.class, () -> NativeTls.serverName(engine));
    assertThrows(IllegalStateException.class, () -> NativeTls.setServerName(engine, "x"));
  }

  @Test
  void aClientFindsItsNonceInItsOwnEngine() throws Exception {
    SSLEngine engine = clientEngine();
    try {
      String name = NativeTls.serverName(engine);

      assertEquals(32, Nonce.parse("server_name", name).length());
    } finally {
      release(engine);
    }
  }

  @Test
  void settingParametersAgainKeepsTheNonce() {
    // As gRPC's own negotiator does.
    SSLEngine engine = clientEngine();
    try {
      String name = NativeTls.serverName(engine);
      engine.setSSLParameters(engine.getSSLParameters());

      assertEquals(name, NativeTls.serverName(engine));
    } finally {
      release(engine);
    }
  }

  /** Upper and lower case, both characters that no host name has, and padding. */
  @ParameterizedTest
  @ValueSource(strings = {"+/+/", "AbcXyz0189+/aA==", "qqqqqqo=", "////////"})
  void serverNamesArriveByteForByte(String name) {
    try (var pair = new EnginePair(client, server)) {
      NativeTls.setServerName(pair.client, name);
      pair.shake().assertConnected();

      assertEquals(name, NativeTls.serverName(pair.server));
    }
  }

  @Test
  void neitherSideDoesTicketsOrTlsBelow12() {
    for (SslContext context : List.of(client, server)) {
      SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT);
      try {
        assertNotEquals(0, NativeState.options(engine) & SSL.SSL_OP_NO_TICKET);
        assertNotEquals(0, NativeState.options(engine) & SSL.SSL_OP_NO_TLSv1_1);
        assertNotEquals(0, NativeState.options(engine) & SSL.SSL_OP_NO_TLSv1);
      } finally {
        release(engine);
      }
    }
  }

  @Test
  void eachKnowsWhichSideItIs() {
    assertTrue(client.isClient());
    assertTrue(server.isServer());
  }

  /** The JDK's servers may ask for a second handshake, behind which could be somebody else. */
  @Test
  void aClientGoesThroughOneHandshakeOnly() throws Exception {
    try (var pair = new EnginePair(client, AnotherServer.context()).version("TLSv1.2")) {
      // Base64 that the JDK takes for a host's name.
      NativeTls.setServerName(pair.client, "abcd");
      pair.shake().assertConnected();
      pair.askAgain();
      String failure = String.valueOf(pair.clientFailure());
      assertTrue(failure.contains("NO_RENEGOTIATION"), failure);
    }
  }

  @Test
  void offersH2Only() {
    assertEquals(List.of("h2"), client.applicationProtocolNegotiator().protocols());
    assertEquals(List.of("h2"), server.applicationProtocolNegotiator().protocols());
  }

  @Test
  void callbacksRunAsTasksAndNotInsideTheEngine() {
    var thread = new AtomicReference<Thread>();
    var issuer =
        DummyEvidence.issuer(
            Variant.QEMU_VTPM,
            (userData, nonce) -> {
              thread.set(Thread.currentThread());
              return DummyEvidence.document(userData, nonce);
            });
    try (var pair = new EnginePair(client, AtlsServer.context(issuer, null))) {
      pair.shake();

      pair.assertConnected();
      assertTrue(pair.tasks() > 0);
      assertTrue(thread.get().isVirtual());
    }
  }

  @Test
  void theNonceAuthorityIsReadBackAsWritten() throws Exception {
    Bytes nonce = Nonce.random(new SecureRandom());
    var verification = new Verdicts().by(DummyEvidence.verifier(Variant.QEMU_VTPM));
    var asked = new AtomicReference<Bytes>();
    var issuer =
        DummyEvidence.issuer(
            Variant.QEMU_VTPM,
            (userData, wanted) -> {
              asked.set(wanted);
              return DummyEvidence.document(userData, wanted);
            });
    SslContext fixed =
        new AtlsServerContext(
            new Side(
                null,
                verification,
                InstantSource.system(),
                new FixedRandom(nonce),
                TimeLimit.DEFAULT));
    try (var pair = new EnginePair(AtlsClient.context(issuer, null), fixed).shake()) {
      pair.assertConnected();
      assertEquals(nonce, asked.get());
    }
  }

  private static final class FixedRandom extends SecureRandom {
    private final transient Bytes value;

    FixedRandom(Bytes value) {
      this.value = value;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(value.toArray(), 0, bytes, 0, bytes.length);
    }
  }
}
