package dev.asterism.attestation.tdx;

/** Where collateral comes from: a cache before Intel's service, a bundle, nowhere. */
@FunctionalInterface
public interface TdxCollateralSource {
  /** There is none to be had; evidence is judged without. */
  TdxCollateralSource NONE =
      platform -> {
        throw new UnavailableException("no source of collateral is configured");
      };

  /**
   * The collateral for such platforms. The same object as long as nothing has changed: its
   * signatures are then verified once. Gives up by a deadline of its own.
   *
   * @throws UnavailableException saying why, for people
   */
  TdxCollateral find(TdxPlatformId platform) throws UnavailableException;

  /** What was asked for is not to be had now. */
  final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message) {
      super(message);
    }
  }
}
