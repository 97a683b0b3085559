package dev.asterism.mini;

import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import java.util.ArrayList;
import java.util.List;

/** How a role is told to make evidence about its node, and whom it asks about that of others. */
final class EvidenceArguments {
  private final MiniDir dir;
  private final MiniPlan plan;
  private final NodeDir place;
  private final List<String> all = new ArrayList<>();
  private final String tpm;

  private EvidenceArguments(MiniDir dir, MiniPlan plan, NodePlan node) {
    this.dir = dir;
    this.plan = plan;
    this.place = dir.node(node.name());
    this.tpm = Vtpms.uri(dir, node, plan.tpm());
  }

  static List<String> of(MiniDir dir, MiniPlan plan, NodePlan node) {
    var arguments = new EvidenceArguments(dir, plan, node);
    arguments.add("--attestation-variant", plan.platform().variant().id());
    if (plan.platform().isCloud()) {
      arguments.add("--metadata-url", "http://" + node.address(Ports.METADATA));
    }
    arguments.platform();
    return List.copyOf(arguments.all);
  }

  private void platform() {
    switch (plan.platform()) {
      case QEMU_VTPM, AZURE_TRUSTEDLAUNCH, GCP_SEV_ES -> {
        vtpm();
        certificates();
      }
      case SEV_SNP -> {
        snp();
        add("--snp-cluster-file", place.clusterFile());
        add("--collateral-dir", place.collateral());
        all.add("--collateral-offline");
      }
      case TDX -> {
        add("--tdx", "software:" + place.softwareTdx());
        add("--event-log", place.eventLog());
        add("--tdx-collateral", dir.collateral());
      }
      case AZURE_SEV_SNP -> {
        vtpm();
        amd();
      }
      case AZURE_TDX -> {
        vtpm();
        add("--tdx-collateral", dir.collateral());
      }
      case AWS_SEV_SNP -> {
        vtpm();
        snp();
        amd();
      }
      case AWS_NITRO_TPM -> {
        vtpm();
        add("--nitro-tpm", tpm);
      }
      case GCP_SEV_SNP -> {
        vtpm();
        snp();
        certificates();
        amd();
      }
    }
  }

  private void vtpm() {
    add("--tpm", tpm);
    add("--event-log", place.eventLog());
  }

  private void certificates() {
    add("--ak-certificate", place.akCertificate());
  }

  private void snp() {
    add("--snp", "software:" + place.softwareSnp());
  }

  private void amd() {
    add("--collateral-dir", place.collateral());
    add("--collateral-url", "amd-kds=" + plan.vendors());
  }

  private void add(String option, Object value) {
    all.add(option);
    all.add(value.toString());
  }

  /** What {@code verify} needs beside the config, as words of a shell command. */
  static String ofVerify(MiniDir dir, MiniPlan plan) {
    return switch (plan.platform()) {
      case QEMU_VTPM, AZURE_TRUSTEDLAUNCH, AWS_NITRO_TPM, GCP_SEV_ES -> "";
      case SEV_SNP -> " --collateral-offline";
      case TDX, AZURE_TDX -> " --tdx-collateral " + ShellText.quoted(dir.collateral());
      case AZURE_SEV_SNP, AWS_SEV_SNP, GCP_SEV_SNP ->
          " --collateral-dir "
              + ShellText.quoted(dir.endorsements())
              + " --collateral-url amd-kds="
              + plan.vendors();
    };
  }
}
