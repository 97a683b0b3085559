package dev.asterism.cli;

import dev.asterism.attestation.TrustAnchor;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.MalformedException;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a config to start from has for a cloud's variant: whose word binds the key, as strict as can
 * be; see {@code docs/variants.md}.
 */
final class CloudConfig {
  private static final String NO_DIGEST = "ff".repeat(48);

  private CloudConfig() {}

  /** Fills the member {@code snp}. */
  @FunctionalInterface
  interface Snp {
    void fill(ObjectNode snp) throws MalformedException;
  }

  static void add(Variant variant, ObjectNode config, Snp snp) throws MalformedException {
    switch (variant) {
      case AZURE_SEV_SNP -> {
        config
            .putObject("firmwareSignerConfig")
            .put("enforcementPolicy", "Equal")
            .putArray("acceptedKeyDigests")
            .add(NO_DIGEST);
        report(config, snp);
      }
      case AZURE_TDX -> {
        config.putObject("tdMeasurements").put("0", NO_DIGEST);
        certified(config, TrustAnchor.AZURE_VTPM_ROOT_2023);
      }
      case AZURE_TRUSTEDLAUNCH -> certified(config, TrustAnchor.AZURE_VTPM_ROOT_2023);
      case AWS_SEV_SNP -> {
        config.putObject("nitroDocument").putObject("pcrs").put("4", NO_DIGEST);
        report(config, snp);
      }
      case AWS_NITRO_TPM -> config.putObject("nitroDocument").putObject("pcrs").put("4", NO_DIGEST);
      case GCP_SEV_SNP -> {
        certified(config, TrustAnchor.GCP_EK_AK_ROOT);
        instance(config);
        report(config, snp);
      }
      case GCP_SEV_ES -> {
        certified(config, TrustAnchor.GCP_EK_AK_ROOT);
        instance(config);
      }
      case QEMU_VTPM, QEMU_TDX, SEV_SNP, TDX -> {}
    }
  }

  private static void certified(ObjectNode config, TrustAnchor root) {
    config.putObject("akTrust").put("mode", "certificate").putArray("roots").add(root.id());
  }

  /** No project has this name. */
  private static void instance(ObjectNode config) {
    config.putObject("gcpInstance").put("project", "");
  }

  private static void report(ObjectNode config, Snp snp) throws MalformedException {
    ObjectNode node = config.putObject("snp");
    snp.fill(node);
    // Clouds do not say it of every machine; who wants it adds it.
    node.remove("platform");
  }
}
