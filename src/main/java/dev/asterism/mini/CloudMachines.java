package dev.asterism.mini;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.wire.Json;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** Machines of a cloud: a vTPM with a measured boot, and what the cloud puts beside it. */
final class CloudMachines implements Machines {
  private final MiniPlatform platform;
  private final Vtpms vtpms;
  private final Cloud cloud;

  CloudMachines(MiniPlatform platform, Vtpms vtpms, Cloud cloud) {
    this.platform = platform;
    this.vtpms = vtpms;
    this.cloud = cloud;
  }

  @Override
  public void admin() throws IOException {
    cloud.publish();
  }

  @Override
  public ObjectNode attestationConfig() {
    ObjectNode config = Json.newObject().put("variant", platform.variant().id());
    MeasuredBoot image = MeasuredBoot.reference().by(cloud.firmware(false));
    config.set("measurements", Vtpms.referenceValues(image, image).toJson());
    cloud.configure(config);
    return config;
  }

  @Override
  public String build(NodePlan node, NodeDir place) throws IOException {
    cloud.create(node, place, vtpms);
    Tpm tpm = switchOn(node);
    cloud.provision(node, place, tpm);
    cloud.boot(node, place, tpm);
    try {
      return AttestationKey.of(tpm, cloud.key()).name().hex();
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void boot(NodePlan node, NodeDir place) throws IOException {
    cloud.boot(node, place, switchOn(node));
  }

  private Tpm switchOn(NodePlan node) throws IOException {
    MeasuredBoot image = node.tampered() ? MeasuredBoot.tampered() : MeasuredBoot.reference();
    return vtpms.switchOn(node, image.by(cloud.firmware(node.forged())));
  }

  @Override
  public String describe(NodePlan node) {
    return platform.variant().id()
        + " (in software), measured boot"
        + (node.tampered() ? " of a tampered image" : "")
        + (node.forged() ? ", forged: " + cloud.forgery() : "")
        + ", attestation key "
        + node.akName().substring(0, 12)
        + "…";
  }

  @Override
  public void outdate() throws IOException {
    throw new IOException("--outdated is for TDs without a cloud");
  }
}
