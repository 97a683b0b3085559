package dev.asterism.cli;

import dev.asterism.attestation.tdx.CollateralFolder;
import dev.asterism.attestation.tdx.TdxCollateralSource;
import dev.asterism.attestation.tdx.TdxTrust;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where Intel's collateral for TDX comes from. */
final class TdxOptions {
  @Option(
      names = "--tdx-collateral",
      paramLabel = "DIR",
      defaultValue = "${env:ASTERISM_TDX_COLLATERAL}",
      description = {
        "Holds TCB info, QE identity and CRLs for TDX (docs/tdx.md). Without it, evidence of TDX",
        "stays undecided unless the attestation config says that collateral is optional."
      })
  private @Nullable Path folder;

  private @Nullable TdxTrust trust;

  TdxOptions() {}

  /** One for the whole process: it remembers what it saw. */
  TdxTrust trust() {
    TdxTrust known = trust;
    if (known == null) {
      known = new TdxTrust(folder == null ? TdxCollateralSource.NONE : new CollateralFolder(folder));
      trust = known;
    }
    return known;
  }
}
