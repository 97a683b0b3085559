package dev.asterism.testing;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** Remembers what a verification told about its peers. */
public final class Verdicts implements PeerVerification.Listener {
  /** One call of {@link #appraised}. */
  public record Verdict(String peerAddress, Appraisal appraisal, long generation) {}

  /** One call of {@link #rejected}. */
  public record Rejection(String peerAddress, String reason) {}

  private final List<Verdict> verdicts = new CopyOnWriteArrayList<>();
  private final List<Rejection> rejections = new CopyOnWriteArrayList<>();

  @Override
  public void appraised(String peerAddress, Appraisal appraisal, long generation) {
    verdicts.add(new Verdict(peerAddress, appraisal, generation));
  }

  @Override
  public void rejected(String peerAddress, String reason) {
    rejections.add(new Rejection(peerAddress, reason));
  }

  public List<Verdict> verdicts() {
    return List.copyOf(verdicts);
  }

  public List<Rejection> rejections() {
    return List.copyOf(rejections);
  }

  /** A verification by {@code verifier}, generation 7, that tells this listener. */
  public PeerVerification by(Verifier verifier) {
    return by(verifier, InstantSource.system());
  }

  public PeerVerification by(Verifier verifier, InstantSource clock) {
    return new PeerVerification(() -> new Versioned<>(verifier, 7), clock, this);
  }

  /** Waits, up to ten seconds, for what another thread does. */
  public static void await(String what, BooleanSupplier condition) {
    Instant end = Instant.now().plus(Duration.ofSeconds(10));
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not within ten seconds: " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
