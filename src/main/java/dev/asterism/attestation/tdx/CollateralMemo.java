package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Collateral that was verified before, so that its signatures are checked once per fetch and not
 * once per quote. Periods, numbers and revocation are asked every time.
 */
final class CollateralMemo {
  /** More families of platforms than a cluster has. */
  private static final int MAX_ENTRIES = 256;

  private final Remembered<Key, VerifiedCollateral> entries = new Remembered<>(MAX_ENTRIES);

  CollateralMemo() {}

  /** Against whose keys it was verified: all of them came out of a verified chain. */
  private record Key(Bytes fmspc, X509Certificate authority, X509Certificate root) {
    static Key of(VerifiedTdQuote quote) {
      return new Key(quote.platform().fmspc(), quote.pckChain().issuer(), quote.root());
    }
  }

  /** That very object, if it was verified for such a quote. */
  Optional<VerifiedCollateral> find(TdxCollateral raw, VerifiedTdQuote quote) {
    return Optional.ofNullable(entries.get(Key.of(quote))).filter(v -> v.isOf(raw));
  }

  void keep(VerifiedCollateral collateral, VerifiedTdQuote quote) {
    entries.put(Key.of(quote), collateral);
  }
}
