package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.internal.tcnative.SSL;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
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
  void everyNativeObjectOfAConnectionIsFreed() {
    var verification = new Verdicts().by(DummyEvidence.verifier(Variant.QEMU_VTPM));
    var issuer = DummyEvidence.issuer(Variant.QEMU_VTPM);
    SslContext both = AtlsServer.context(issuer, verification);
    SslContext clientSide = AtlsClient.context(issuer, verification);
    var engines = new ArrayList<ReferenceCountedOpenSslEngine>();
    var contexts = new ArrayList<ReferenceCountedOpenSslContext>();
    ReferenceCountedOpenSslContext shared = null;
    for (int i = 0; i < 50; i++) {
      try (var pair = new EnginePair(clientSide, both)) {
        pair.shake().assertConnected();
        engines.add((ReferenceCountedOpenSslEngine) pair.client);
        engines.add((ReferenceCountedOpenSslEngine) pair.server);
        contexts.add(NativeState.context(pair.server));
        shared = NativeState.context(pair.client);
        assertEquals(1, contexts.getLast().refCnt(), "only the engine holds the context");
        assertEquals(2, shared.refCnt());
      }
    }
    assertNotSame(contexts.get(0), contexts.get(1));
    assertTrue(engines.stream().allMatch(e -> e.refCnt() == 0 && e.sslPointer() == 0));
    assertTrue(contexts.stream().allMatch(c -> c.refCnt() == 0));
    assertEquals(1, shared.refCnt());
  }

  @Test
  void serversThatDoNotVerifyShareOneNativeContext() {
    SSLEngine first = server.newEngine(ByteBufAllocator.DEFAULT);
    SSLEngine second = server.newEngine(ByteBufAllocator.DEFAULT);

    assertSame(NativeState.context(first), NativeState.context(second));
    release(first);
    release(second);
  }

  @Test
  void aContextNobodyRefersToIsFreed() throws Exception {
    SSLEngine engine = AtlsClient.context(null, null).newEngine(ByteBufAllocator.DEFAULT);
    ReferenceCountedOpenSslContext context = NativeState.context(engine);
    Verdicts.await(
        "the cleaner lets go",
        () -> {
          System.gc();
          return context.refCnt() == 1;
        });

    release(engine);

    assertEquals(0, context.refCnt());
  }

  @Test
  void aConnectionClosedWhileItsTaskRunsFailsInOrder() {
    var engine = new AtomicReference<SSLEngine>();
    var issuer =
        DummyEvidence.issuer(
            Variant.QEMU_VTPM,
            (userData, nonce) -> {
              release(engine.get());
              return DummyEvidence.document(userData, nonce);
            });
    var pair = new EnginePair(client, AtlsServer.context(issuer, null));
    engine.set(pair.server);
    pair.shake();

    assertFalse(pair.connected());
    assertEquals(0, ((ReferenceCountedOpenSslEngine) pair.server).refCnt());
    release(pair.client);
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
