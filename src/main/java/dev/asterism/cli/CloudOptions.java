package dev.asterism.cli;

import dev.asterism.attestation.azure.MaaTokens;
import dev.asterism.collateral.EnvironmentProxies;
import dev.asterism.device.MetadataService;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpms;
import dev.asterism.wire.MalformedException;
import java.net.ProxySelector;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a guest asks of the cloud that it runs in. */
final class CloudOptions {
  private static final URI CLOUD_HOST = URI.create("http://169.254.169.254");

  @Option(
      names = "--metadata-url",
      paramLabel = "URL",
      description = {
        "What a guest asks about itself (default: http://169.254.169.254; for a node of the provider",
        "qemu http://10.42.0.1:8080)."
      })
  private @Nullable String metadata;

  @Option(
      names = "--nitro-tpm",
      paramLabel = "TPM",
      description = {
        "On AWS: evidence has a document of the Nitro hypervisor, asked for through this device",
        "(/dev/tpm0: the kernel's resource manager does not know the command). Without it, none."
      })
  private @Nullable String nitroTpm;

  @Option(
      names = "--maa-url",
      paramLabel = "URL",
      description = {
        "On azure-sev-snp: Microsoft's attestation service that signs a token for all evidence",
        "(default: the instance's tag constellation-maa-url; without it none is asked)."
      })
  private @Nullable String maa;

  CloudOptions() {}

  MetadataService host() throws MalformedException {
    URI url = metadataUrl();
    return new MetadataService(url == null ? CLOUD_HOST : url);
  }

  /** Of Microsoft's attestation service, for evidence of Azure's machines. */
  MaaTokens maaTokens() throws MalformedException {
    var proxies = new EnvironmentProxies(System.getenv(), ProxySelector.getDefault());
    return maa == null ? MaaTokens.ofTag(host(), proxies) : MaaTokens.at("--maa-url", maa, proxies);
  }

  /** Where this machine's host answers; null: where the provider has it. */
  @Nullable URI metadataUrl() throws MalformedException {
    return metadata == null ? null : base("--metadata-url", metadata);
  }

  /** A host, without a path. */
  static URI base(String option, String url) throws MalformedException {
    if (!url.matches("https?://[A-Za-z0-9.:\\[\\]-]+")) {
      throw new MalformedException(option, "is not http://HOST");
    }
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(option, "is not http://HOST");
    }
  }

  /**
   * The device for the Nitro hypervisor's documents; null for none.
   *
   * @param quotes the device that quotes are made with; null for the kernel's resource manager
   */
  @Nullable Tpm nitro(@Nullable String quotes) throws MalformedException {
    if (nitroTpm != null && nitroTpm.startsWith("/") && nitroTpm.equals(quotes)) {
      throw new MalformedException(
          "--nitro-tpm",
          "is the device of --tpm, which lets in one at a time: --tpm /dev/tpmrm0 beside it");
    }
    return nitroTpm == null ? null : Tpms.open(nitroTpm);
  }
}
