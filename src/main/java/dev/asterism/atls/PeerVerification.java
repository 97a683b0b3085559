package dev.asterism.atls;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * How a side verifies the other.
 *
 * @param verifier asked once per connection, so that a reloaded policy counts for the next one
 * @param clock the time certificates are checked at
 * @param listener learns every verdict, with the reason that the peer must not see
 */
public record PeerVerification(
    Supplier<Versioned<Verifier>> verifier, InstantSource clock, Listener listener) {

  /** Hears of every peer that presented evidence, accepted or not. */
  public interface Listener {
    /** An appraisal was made. */
    void appraised(String peerAddress, Appraisal appraisal, long generation);

    /** The certificate never got as far as an appraisal: no extension, wrong variant, not valid. */
    void rejected(String peerAddress, String reason);
  }
}
