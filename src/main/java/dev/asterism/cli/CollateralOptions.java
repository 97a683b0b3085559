package dev.asterism.cli;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.azure.AzureSevSnp;
import dev.asterism.attestation.snp.Kds;
import dev.asterism.attestation.tdx.Pcs;
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
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** Where comes from what vendors publish about hardware, and evidence does not bring. */
final class CollateralOptions {
  private static final String DEFAULT_DIR = "/var/lib/asterism/collateral";

  /** The vendors' own services. */
  private static final Map<String, String> SERVICES =
      Map.of(
          Kds.SERVICE,
          "https://kdsintf.amd.com",
          Pcs.SERVICE,
          "https://api.trustedservices.intel.com",
          Pcs.ROOT_SERVICE,
          "https://certificates.trustedservices.intel.com",
          // Which of Microsoft's hosts, the path says, and that the attestation config.
          AzureSevSnp.MAA_SERVICE,
          "https:/");

  @Option(
      names = "--collateral-dir",
      paramLabel = "DIR",
      defaultValue = "${env:ASTERISM_COLLATERAL_DIR:-" + DEFAULT_DIR + "}",
      description =
          "Where vendors' certificates and revocation lists are kept (default: ${DEFAULT-VALUE}).")
  private Path dir = Path.of(DEFAULT_DIR);

  @Option(
      names = "--collateral-url",
      paramLabel = "SERVICE=URL",
      description = {
        "Ask this instead of the vendor's: a mirror, for example amd-kds=https://kds.example.org,",
        "or a PCCS of yours, intel-pcs=https://pccs.example.org:8081. May be repeated.",
        "Proxies are those of the environment (HTTPS_PROXY, NO_PROXY)."
      })
  private Map<String, String> urls = Map.of();

  @Option(
      names = "--collateral-offline",
      description =
          "Ask nobody: what is neither in the evidence nor in --collateral-dir is missing.")
  private boolean offline;

  CollateralOptions() {}

  Path dir() {
    return dir;
  }

  CacheFolder folder() {
    return new CacheFolder(dir);
  }

  /** Whether a PCCS of one's own is asked, which has the list of Intel's root, too. */
  boolean pccs() {
    return urls.containsKey(Pcs.SERVICE) && !urls.containsKey(Pcs.ROOT_SERVICE);
  }

  EndorsementSource source() throws MalformedException {
    return source(services(), dir);
  }

  /**
   * A source that keeps what it gets.
   *
   * @param services whom to ask, by name
   */
  static EndorsementSource source(Map<String, URI> services, Path dir) {
    return new CachedEndorsements(
        services,
        new HttpUpstream(new EnvironmentProxies(System.getenv(), ProxySelector.getDefault())),
        new CacheFolder(dir),
        Limits.DEFAULT,
        InstantSource.system(),
        Waiting.REAL);
  }

  private Map<String, URI> services() throws MalformedException {
    Map<String, URI> services = new HashMap<>();
    if (!offline) {
      SERVICES.forEach((name, url) -> services.put(name, URI.create(url)));
    }
    for (Map.Entry<String, String> given : urls.entrySet()) {
      if (!SERVICES.containsKey(given.getKey())) {
        throw new MalformedException(
            "--collateral-url",
            "names a service that is none of " + new TreeSet<>(SERVICES.keySet()));
      }
      if (!offline) {
        services.put(given.getKey(), url(given.getValue()));
      }
    }
    return services;
  }

  private static URI url(String text) throws MalformedException {
    String whole = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    if (!whole.matches("https?://[A-Za-z0-9.:_\\[\\]-]+(/[A-Za-z0-9._~/%-]*)?")) {
      throw new MalformedException("--collateral-url", "has no http or https URL behind the name");
    }
    return URI.create(whole);
  }
}
