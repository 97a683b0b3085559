package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** The event loop must be able to close an engine whose evidence is being made or judged. */
class AsideTest {
  private static final Variant VARIANT = Variant.QEMU_VTPM;
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final Verdicts heard = new Verdicts();

  private void work() {
    working.countDown();
    try {
      Thread.sleep(Duration.ofMinutes(1));
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
  }

  private final Verifier slowVerifier =
      new Verifier() {
        @Override
        public Variant variant() {
          return VARIANT;
        }

        @Override
        public Appraisal verify(Bytes document, Challenge challenge) {
          work();
          return DummyEvidence.verifier(VARIANT).verify(document, challenge);
        }
      };

  private final Issuer slowIssuer =
      DummyEvidence.issuer(
          VARIANT,
          (userData, nonce) -> {
            work();
            return DummyEvidence.document(userData, nonce);
          });

  @Test
  void closesWhileAVerificationRuns() throws Exception {
    closesMeanwhile(
        AtlsClient.context(DummyEvidence.issuer(VARIANT), null),
        AtlsServer.context(null, heard.by(slowVerifier)),
        false);
    assertTrue(heard.verdicts().stream().noneMatch(v -> v.appraisal().accepted()));
  }

  @Test
  void closesWhileAServerAttests() throws Exception {
    closesMeanwhile(AtlsClient.context(null, null), AtlsServer.context(slowIssuer, null), false);
  }

  @Test
  void closesWhileAClientAttests() throws Exception {
    closesMeanwhile(
        AtlsClient.context(slowIssuer, null),
        AtlsServer.context(null, heard.by(DummyEvidence.verifier(VARIANT))),
        true);
  }

  private void closesMeanwhile(SslContext clientSide, SslContext serverSide, boolean client)
      throws Exception {
    var pair = new EnginePair(clientSide, serverSide);
    Thread shaking = Thread.ofPlatform().start(pair::shake);
    assertTrue(working.await(10, TimeUnit.SECONDS));

    SSLEngine busy = client ? pair.client : pair.server;
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          busy.closeOutbound();
          ((ReferenceCountedOpenSslEngine) busy).release();
        },
        "the engine is held while it waits");

    assertTrue(interrupted.await(10, TimeUnit.SECONDS), "works on for a peer that is gone");
    shaking.join();
    assertFalse(pair.connected());
    assertEquals(0, ((ReferenceCountedOpenSslEngine) busy).refCnt());
    ((ReferenceCountedOpenSslEngine) (client ? pair.server : pair.client)).release();
  }
}
