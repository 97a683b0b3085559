package dev.asterism.cli;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.tdx.CollateralFolder;
import dev.asterism.attestation.tdx.PcsCollateral;
import dev.asterism.attestation.tdx.TdxTrust;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Collateral for TDX that is not asked for. */
final class TdxOptions {
  @Option(
      names = "--tdx-collateral",
      paramLabel = "DIR",
      defaultValue = "${env:ASTERISM_TDX_COLLATERAL}",
      description = {
        "A folder with TCB info, QE identity and revocation lists for TDX, in files of their own",
        "(docs/tdx.md), to be used instead of Intel's service."
      })
  private @Nullable Path folder;

  TdxOptions() {}

  /**
   * One for the whole process: it remembers what it saw.
   *
   * @param source where collateral comes from without a folder
   * @param pccs whether the service behind that is a PCCS
   */
  TdxTrust trust(EndorsementSource source, boolean pccs) {
    Path given = folder;
    return new TdxTrust(
        given == null || given.toString().isEmpty()
            ? new PcsCollateral(source, pccs)
            : new CollateralFolder(given));
  }
}
