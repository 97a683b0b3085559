package dev.asterism.node;

import java.nio.file.Path;
import java.util.List;

/**
 * Where things lie on a node (wire contract, section 7), below a root: {@code /} on a real node, a
 * directory of its own for each node that shares a machine.
 */
public record NodePaths(Path root) {

  /** The state disk's file system. */
  public Path stateDirectory() {
    return at("run/state");
  }

  /**
   * What lies on the state disk: its file system, and where parts of it are mounted. Without {@code
   * /var}, where a stand-in's log is.
   */
  public List<Path> stateDiskContents() {
    return List.of(
        stateDirectory(), at("var/run/state"), kubernetesDirectory(), at("etc/cni"), at("opt"));
  }

  /** Binaries that components bring: kubelet, kubeadm, … */
  public Path binDirectory() {
    return at("run/state/bin");
  }

  /** The kubelet's client certificate, PEM. */
  public Path kubeletCertificate() {
    return at("run/state/kubelet/pki/kubelet-client-crt.pem");
  }

  /** The kubelet's private key, PEM; secret. */
  public Path kubeletKey() {
    return at("run/state/kubelet/pki/kubelet-client-key.pem");
  }

  /** Role and measurement salt: {@link NodeStateFile}. */
  public Path nodeState() {
    return at("run/state/constellation/node_state.json");
  }

  /** How far init or join got; ours, beside the node state. */
  public Path bootstrapProgress() {
    return at("run/state/constellation/asterism_bootstrap.json");
  }

  /** The emergency SSH CA's public key, an authorized_keys line. */
  public Path sshCaPublicKey() {
    return at("var/run/state/ssh/ssh_ca.pub");
  }

  /** The SSH daemon's private key; secret. */
  public Path sshHostKey() {
    return at("var/run/state/ssh/ssh_host_ed25519_key");
  }

  /** The SSH daemon's certificate. */
  public Path sshHostCertificate() {
    return at("var/run/state/ssh/ssh_host_cert.pub");
  }

  /** The passphrase that the state disk was opened with; secret. */
  public Path stateDiskKey() {
    return at("run/cryptsetup-keys.d/state.key");
  }

  /** Kubernetes' configuration: {@code admin.conf}, {@code pki}. */
  public Path kubernetesDirectory() {
    return at("etc/kubernetes");
  }

  /** What bootstrapping is at: {@link BootstrapStatus}. Gone after a reboot. */
  public Path status() {
    return at("run/asterism/bootstrap-status.json");
  }

  /** Held while bootstrapping runs: one at a time. */
  public Path bootstrapLock() {
    return at("run/asterism/bootstrap.lock");
  }

  /** Stand-in for the kubelet's unit: says that it was started. */
  public Path standaloneKubelet() {
    return at("run/asterism/kubelet-started.json");
  }

  /** Stand-in for the init system: a reboot that was asked for. */
  public Path standaloneReboot() {
    return at("run/asterism/reboot-requested.json");
  }

  /** Stand-in for the state disk's block device: its header. */
  public Path standaloneDisk() {
    return at("dev/standalone-state-disk.json");
  }

  /** Stand-in for the state disk's block device: a file that holds a real LUKS2 header. */
  public Path standaloneDevice() {
    return at("dev/state-disk.luks");
  }

  /** Where what does not survive a reboot lies, the state disk's mount point among it. */
  public Path runDirectory() {
    return at("run");
  }

  private Path at(String relative) {
    return root.resolve(relative);
  }
}
