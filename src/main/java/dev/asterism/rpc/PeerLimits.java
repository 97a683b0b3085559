package dev.asterism.rpc;

/**
 * How much of something each peer gets, and all together. Made for evidence: a TPM makes one quote
 * at a time, and everyone may ask for one.
 *
 * @param perPeer what one address gets (of IPv6, one /64)
 * @param overall what all get together
 * @param waitingPerPeer of one address, those that something is being done for
 * @param waiting those that something is being done for
 */
public record PeerLimits(Rate perPeer, Rate overall, int waitingPerPeer, int waiting) {
  /**
   * For handshakes in which we attest: a virtual TPM makes some hundred quotes a second. A peer may
   * hold a quarter of the quotes that attested TLS lets wait for the TPM.
   */
  public static final PeerLimits DEFAULT =
      new PeerLimits(new Rate(50, 200), new Rate(200, 400), 16, 256);

  /** For those without: ten thousand strangers a minute leave room for a cluster that joins. */
  public static final PeerLimits WITHOUT_EVIDENCE =
      new PeerLimits(new Rate(50, 200), new Rate(300, 600), 64, 256);

  /**
   * For the one queue before a TPM. A virtual one makes some hundred quotes a second, a chip a few:
   * who would wait for a chip for half a minute is turned away.
   */
  public static final PeerLimits QUOTES =
      new PeerLimits(new Rate(50, 200), new Rate(200, 400), 32, 64);

  public PeerLimits {
    if (waitingPerPeer < 1 || waiting < 1) {
      throw new IllegalArgumentException("a limit is not positive");
    }
  }

  /**
   * A rate that may be exceeded for a moment.
   *
   * @param perSecond in the long run
   * @param burst at once, after a pause
   */
  public record Rate(double perSecond, int burst) {
    public Rate {
      if (!(perSecond > 0) || burst < 1) {
        throw new IllegalArgumentException("a rate is not positive");
      }
    }
  }
}
