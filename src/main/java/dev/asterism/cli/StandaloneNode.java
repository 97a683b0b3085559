package dev.asterism.cli;

import dev.asterism.disk.StateDisk;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.kubernetes.local.RegisteringKubeadm;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.time.InstantSource;

/** A node whose Kubernetes is a directory, and all else too where it has no machine. */
record StandaloneNode(
    NodePaths paths,
    StateDisk disk,
    NodeServices services,
    Kubeadm kubeadm,
    AdmissionRecords admissions)
    implements BootstrapParts {

  /**
   * @param machine its disk is open
   */
  static StandaloneNode of(
      BootstrapCommand command, NodeMachine machine, ComponentPolicy policy, InstantSource clock)
      throws IOException, MalformedException {
    var kubeadm = new StandaloneKubeadm(command.root, command.objects, policy, clock);
    return new StandaloneNode(
        machine.paths(),
        machine.disk(),
        machine.services(),
        command.standaloneKubelet ? new RegisteringKubeadm(kubeadm, command.root) : kubeadm,
        StandaloneAdmissions.of(command.root, command.objects));
  }

  @Override
  public void close() {
    // Its files are closed after each use.
  }
}
