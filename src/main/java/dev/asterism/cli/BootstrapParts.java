package dev.asterism.cli;

import dev.asterism.disk.StateDisk;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;
import java.io.IOException;

/** What differs between a real node and a stand-in, for as long as bootstrapping runs. */
interface BootstrapParts extends AutoCloseable {
  NodePaths paths();

  /** Open. */
  StateDisk disk();

  NodeServices services();

  Kubeadm kubeadm();

  /** Where a founder enters itself, once there is a cluster. */
  AdmissionRecords admissions();

  @Override
  void close() throws IOException;
}
