package dev.asterism.cli;

import dev.asterism.attestation.tdx.CollateralFolder;
import dev.asterism.attestation.tdx.Pcs;
import dev.asterism.attestation.tdx.PcsCollateral;
import dev.asterism.attestation.tdx.TdxCollateralSource;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.collateral.CacheFolder;
import dev.asterism.collateral.CachedEndorsements;
import dev.asterism.collateral.EnvironmentProxies;
import dev.asterism.collateral.HttpUpstream;
import dev.asterism.collateral.Limits;
import dev.asterism.collateral.Waiting;
import dev.asterism.wire.MalformedException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where Intel's collateral for TDX comes from. */
final class TdxOptions {
  private static final URI INTEL = URI.create("https://api.trustedservices.intel.com");
  private static final URI INTEL_ROOT =
      URI.create("https://certificates.trustedservices.intel.com");

  @Option(
      names = "--tdx-collateral",
      paramLabel = "SOURCE",
      defaultValue = "${env:ASTERISM_TDX_COLLATERAL}",
      description = {
        "TCB info, QE identity and CRLs for TDX: intel (their service), the base URL of a PCCS, or",
        "a folder (docs/tdx.md). Without it, evidence of TDX stays undecided unless the attestation",
        "config says that collateral is optional."
      })
  private @Nullable String collateral;

  @Option(
      names = "--tdx-collateral-cache",
      paramLabel = "DIR",
      description = "Where what a service said is kept over restarts (default: in memory alone).")
  private @Nullable Path cache;

  private @Nullable TdxTrust trust;

  TdxOptions() {}

  /** One for the whole process: it remembers what it saw. */
  TdxTrust trust() throws MalformedException {
    TdxTrust known = trust;
    if (known == null) {
      known = new TdxTrust(source());
      trust = known;
    }
    return known;
  }

  private TdxCollateralSource source() throws MalformedException {
    String named = collateral;
    if (named == null || named.isEmpty()) {
      return TdxCollateralSource.NONE;
    }
    if (named.equals("intel")) {
      return service(Map.of(Pcs.SERVICE, INTEL, Pcs.ROOT_SERVICE, INTEL_ROOT), false);
    }
    if (named.startsWith("https://") || named.startsWith("http://")) {
      return service(Map.of(Pcs.SERVICE, url(named)), true);
    }
    return new CollateralFolder(Path.of(named));
  }

  private static URI url(String text) throws MalformedException {
    String base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    try {
      return URI.create(base);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("--tdx-collateral", "is not a URL");
    }
  }

  private TdxCollateralSource service(Map<String, URI> services, boolean pccs) {
    var upstream =
        new HttpUpstream(new EnvironmentProxies(System.getenv(), ProxySelector.getDefault()));
    return new PcsCollateral(
        new CachedEndorsements(
            services,
            upstream,
            cache == null ? null : new CacheFolder(cache),
            Limits.DEFAULT,
            InstantSource.system(),
            Waiting.REAL),
        pccs);
  }
}
