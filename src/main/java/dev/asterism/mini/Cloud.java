package dev.asterism.mini;

import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MeasuredBoot.Firmware;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** What one cloud has in its machines beside a vTPM with a measured boot. */
interface Cloud {
  /** Writes what vendors publish. */
  void publish() throws IOException;

  /** Adds to a config with reference values how the key is bound. */
  void configure(ObjectNode config);

  /** Makes the TPM, without power. */
  default void create(NodePlan node, NodeDir place, Vtpms vtpms) throws IOException {
    vtpms.create(node);
  }

  /** What the factory does with a machine that is on for the first time. */
  void provision(NodePlan node, NodeDir place, Tpm tpm) throws IOException;

  /** What host and paravisor do whenever a machine is switched on. */
  void boot(NodePlan node, NodeDir place, Tpm tpm) throws IOException;

  /** Who starts its machines. */
  default Firmware firmware(boolean forged) {
    return Firmware.PLAIN;
  }

  /** Where issuers find the key. */
  AkSource key();

  /** What a forged node's evidence has of another machine, in words. */
  String forgery();
}
