package dev.asterism.cli;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.tdx.TdxCollateralSource;
import dev.asterism.attestation.tdx.TdxTrust;

/**
 * Whom to ask what vendors say of their hardware, where evidence does not bring it.
 *
 * @param endorsements AMD's certificates and revocation lists
 * @param tdx Intel's collateral
 */
record Vendors(EndorsementSource endorsements, TdxTrust tdx) {
  /** Nobody. */
  static final Vendors NONE =
      new Vendors(EndorsementSource.NONE, new TdxTrust(TdxCollateralSource.NONE));
}
