package dev.asterism.joinservice;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.wire.Bytes;
import java.time.Duration;

/** A verifier whose time is measured. */
record TimedVerifier(Verifier verifier, JoinMetrics metrics) implements Verifier {
  @Override
  public Variant variant() {
    return verifier.variant();
  }

  @Override
  public Appraisal verify(Bytes document, Challenge challenge) {
    long start = System.nanoTime();
    try {
      return verifier.verify(document, challenge);
    } finally {
      metrics.verification(Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
