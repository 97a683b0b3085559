package dev.asterism.cli;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** Where comes from what vendors say of their hardware. */
final class VendorOptions {
  @Mixin private CollateralOptions collateral = new CollateralOptions();
  @Mixin private TdxOptions tdx = new TdxOptions();

  private @Nullable Vendors vendors;

  VendorOptions() {}

  /** One for the whole process: it remembers what it saw. */
  Vendors get() throws MalformedException {
    Vendors known = vendors;
    if (known == null) {
      EndorsementSource source = collateral.source();
      known = new Vendors(source, tdx.trust(source, collateral.pccs()));
      vendors = known;
    }
    return known;
  }
}
