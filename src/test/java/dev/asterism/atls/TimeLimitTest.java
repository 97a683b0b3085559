package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TimeLimitTest {
  private static final Duration SHORT = Duration.ofMillis(100);
  private final CountDownLatch interrupted = new CountDownLatch(1);

  private void hang() {
    try {
      Thread.sleep(Duration.ofMinutes(1));
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
  }

  @Test
  void isThirtySecondsWhereNothingElseIsSaid() {
    assertEquals(Duration.ofSeconds(30), TimeLimit.DEFAULT);
  }

  @Test
  void interruptsWhatTakesTooLong() throws Exception {
    var late =
        assertThrows(
            HandshakeException.class,
            () ->
                new TimeLimit(SHORT, 1)
                    .run(
                        "verification",
                        () -> {
                          hang();
                          return "";
                        }));

    assertTrue(late.getMessage().startsWith("verification took longer than"), late.getMessage());
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
  }

  @Test
  void passesOnWhatWentWrong() {
    var failed =
        assertThrows(
            HandshakeException.class,
            () ->
                new TimeLimit(SHORT, 1)
                    .run(
                        "attestation",
                        () -> {
                          throw new IOException("no TPM");
                        }));

    assertEquals("attestation failed: no TPM", failed.getMessage());
  }

  @Test
  void whatDoesNotEndKeepsItsPlace() throws Exception {
    var limit = new TimeLimit(SHORT, 1);
    var end = new CountDownLatch(1);
    Callable<String> stuck =
        () -> {
          while (end.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            var _ = Thread.interrupted();
          }
          return "";
        };
    assertThrows(HandshakeException.class, () -> limit.run("attestation", stuck));

    var turnedAway =
        assertThrows(HandshakeException.class, () -> limit.run("attestation", () -> "quick"));
    assertEquals("too many of this are under way: attestation", turnedAway.getMessage());

    end.countDown();
    Verdicts.await("its place is free", () -> succeeds(limit));
  }

  private static boolean succeeds(TimeLimit limit) {
    try {
      return limit.run("attestation", () -> "quick").equals("quick");
    } catch (HandshakeException e) {
      return false;
    }
  }

  @Test
  void aVerifierThatHangsEndsTheHandshake() throws Exception {
    var heard = new Verdicts();
    Verifier hanging =
        new Verifier() {
          @Override
          public Variant variant() {
            return Variant.QEMU_VTPM;
          }

          @Override
          public Appraisal verify(Bytes document, Challenge challenge) {
            hang();
            return DummyEvidence.verifier(variant()).verify(document, challenge);
          }
        };
    var side = new Side(null, heard.by(hanging), InstantSource.system(), new SecureRandom(), SHORT);
    try (var pair =
        new EnginePair(
                AtlsClient.context(DummyEvidence.issuer(Variant.QEMU_VTPM), null),
                new AtlsServerContext(side))
            .shake()) {
      assertFalse(pair.connected());
      assertTrue(heard.rejections().getFirst().reason().startsWith("verification took longer"));
      assertTrue(heard.verdicts().isEmpty());
      assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aDeviceThatHangsEndsTheHandshake() throws Exception {
    var stuck =
        DummyEvidence.issuer(
            Variant.QEMU_VTPM,
            (userData, nonce) -> {
              hang();
              return DummyEvidence.document(userData, nonce);
            });
    var side = new Side(stuck, null, InstantSource.system(), new SecureRandom(), SHORT);
    try (var pair =
        new EnginePair(AtlsClient.context(null, null), new AtlsServerContext(side)).shake()) {
      assertFalse(pair.connected());
      assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }
  }
}
