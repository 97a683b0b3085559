package dev.asterism.atls;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Claims;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The other side of one connection, proven by evidence over this very connection's key and nonce.
 * Only this package makes one, from an accepted appraisal; whoever holds one may hand out keys.
 */
public final class AttestedPeer {
  private final Appraisal appraisal;
  private final Claims claims;
  private final long generation;
  private final Instant since;
  private final AtomicBoolean spent = new AtomicBoolean();

  AttestedPeer(Appraisal appraisal, long generation, Instant since) {
    if (!appraisal.accepted()) {
      throw new IllegalStateException("a peer is attested only by an accepted appraisal");
    }
    this.appraisal = appraisal;
    this.claims =
        appraisal
            .claims()
            .orElseThrow(() -> new IllegalStateException("accepted evidence without claims"));
    this.generation = generation;
    this.since = since;
  }

  public Appraisal appraisal() {
    return appraisal;
  }

  public Claims claims() {
    return claims;
  }

  /** The generation of the configuration that accepted it. */
  public long generation() {
    return generation;
  }

  /** When its evidence was accepted. */
  public Instant since() {
    return since;
  }

  /**
   * Uses this approval up: one proof buys one ticket.
   *
   * @return true for exactly one caller, whatever races
   */
  public boolean spend() {
    return spent.compareAndSet(false, true);
  }
}
