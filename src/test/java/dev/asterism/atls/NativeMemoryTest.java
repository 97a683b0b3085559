package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** Native objects live as long as their connection. */
class NativeMemoryTest {
  private final SslContext client = AtlsClient.context(null, null);
  private final SslContext server = AtlsServer.context(null, null);

  private static void release(SSLEngine engine) {
    assertTrue(((ReferenceCountedOpenSslEngine) engine).release());
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
}
