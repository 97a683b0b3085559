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

/** A node that is a directory. */
record StandaloneNode(
    NodePaths paths,
    StateDisk disk,
    NodeServices services,
    Kubeadm kubeadm,
    AdmissionRecords admissions)
    implements BootstrapParts {

  /**
   * @param state prepared
   */
  static StandaloneNode of(
      BootstrapCommand command, StandaloneState state, ComponentPolicy policy, InstantSource clock)
      throws IOException, MalformedException {
    var kubeadm = new StandaloneKubeadm(command.root, command.objects, policy, clock);
    return new StandaloneNode(
        state.paths(),
        state.disk(),
        state.services(),
        command.standaloneKubelet ? new RegisteringKubeadm(kubeadm, command.root) : kubeadm,
        StandaloneAdmissions.of(command.root, command.objects));
  }

  @Override
  public void close() {
    // Its files are closed after each use.
  }
}
