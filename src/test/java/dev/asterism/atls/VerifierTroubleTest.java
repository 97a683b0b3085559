package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Verifications that break, block, or cannot be recorded. */
class VerifierTroubleTest extends AtlsFixture {

  @Test
  void aVerifierThatBreaksRefuses() {
    Verifier broken =
        new Verifier() {
          @Override
          public Variant variant() {
            return VARIANT;
          }

          @Override
          public Appraisal verify(Bytes document, Challenge challenge) {
            throw new IllegalStateException("a bug");
          }
        };
    try (var pair =
        shake(AtlsClient.context(issuer, null), AtlsServer.context(null, serverHears.by(broken)))) {
      assertFalse(pair.connected());
      assertEquals("verification failed: a bug", serverHears.rejections().getFirst().reason());
    }
  }

  @Test
  void withoutAPolicyNobodyIsLetIn() {
    var verification =
        new PeerVerification(
            () -> {
              throw new IllegalStateException("no config yet");
            },
            InstantSource.system(),
            serverHears);
    try (var pair =
        shake(AtlsClient.context(issuer, null), AtlsServer.context(null, verification))) {
      assertFalse(pair.connected());
      assertEquals(
          "no policy to verify by: no config yet", serverHears.rejections().getFirst().reason());
    }
  }

  @Test
  void aVerdictThatCannotBeRecordedIsNoConnection() {
    PeerVerification.Listener full =
        new PeerVerification.Listener() {
          @Override
          public void appraised(String peer, Appraisal appraisal, long generation) {
            throw new IllegalStateException("disk full");
          }

          @Override
          public void rejected(String peer, String reason) {}
        };
    var verification =
        new PeerVerification(() -> new Versioned<>(verifier, 1), InstantSource.system(), full);
    try (var pair =
        shake(AtlsClient.context(issuer, null), AtlsServer.context(null, verification))) {
      assertFalse(pair.connected());
      assertTrue(AttestedPeers.of(pair.server.getSession()).isEmpty());
    }
  }

  @Test
  void verificationsDoNotWaitForEachOther() throws Exception {
    int connections = 8;
    var together = new CyclicBarrier(connections);
    Verifier waiting =
        new Verifier() {
          @Override
          public Variant variant() {
            return VARIANT;
          }

          @Override
          public Appraisal verify(Bytes document, Challenge challenge) {
            try {
              together.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new IllegalStateException("the others did not get here", e);
            }
            return verifier.verify(document, challenge);
          }
        };
    SslContext client = AtlsClient.context(issuer, null);
    SslContext server = AtlsServer.context(null, serverHears.by(waiting));
    try (var threads = Executors.newFixedThreadPool(connections)) {
      var results = new ArrayList<Future<Boolean>>();
      for (int i = 0; i < connections; i++) {
        results.add(
            threads.submit(() -> {
              try (var pair = shake(client, server)) {
                return pair.connected();
              }
            }));
      }
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    }
  }
}
