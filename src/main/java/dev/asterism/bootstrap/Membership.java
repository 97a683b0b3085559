package dev.asterism.bootstrap;

import dev.asterism.attestation.IssueException;
import dev.asterism.bootstrap.FaultPoints.Step;
import dev.asterism.crypto.Secret;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeStateFile;
import dev.asterism.node.NodeStateFile.NodeState;
import dev.asterism.node.Role;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import java.io.IOException;

/**
 * The steps that make this node a member, the same for init and join. Each may be killed: before
 * the lock all of it is repeated, after it only what {@link StartRules} allows.
 */
final class Membership {
  private static final System.Logger LOG = System.getLogger(Membership.class.getName());

  private final NodeParts node;
  private final NodeLock lock;
  private final Role role;
  private final StatusReporter status;
  private final FaultPoints faults;

  Membership(NodeParts node, NodeLock lock, Role role, StatusReporter status, FaultPoints faults) {
    this.node = node;
    this.lock = lock;
    this.role = role;
    this.status = status;
    this.faults = faults;
  }

  /**
   * Writes what a later start must know, then takes the node.
   *
   * @param salt the measurement salt that the cluster id is derived with
   */
  void take(NodeLock.Taker by, Bytes clusterId, Bytes salt)
      throws NodeTakenException, IOException, IssueException {
    faults.reached(Step.KEYS_RECEIVED);
    NodePaths paths = node.paths();
    lock.take(
        by,
        clusterId,
        () -> {
          new NodeStateFile(paths.nodeState()).write(new NodeState(role, salt));
          faults.reached(Step.NODE_STATE_WRITTEN);
          progress(Progress.Phase.STARTED, clusterId);
          faults.reached(Step.PROGRESS_WRITTEN);
        });
    status.cluster(clusterId);
    status.starting("the node is taken: " + by.what());
    faults.reached(Step.LOCKED);
  }

  /** Gives the disk the key that the cluster can derive again. */
  void rekey(Secret diskKey) throws IOException {
    node.disk().rekey(diskKey);
    LOG.log(System.Logger.Level.INFO, "state disk {0}: re-keyed", node.disk().uuid());
    faults.reached(Step.DISK_REKEYED);
  }

  /** Whom SSH trusts in an emergency, and how this host shows itself; empty texts are left out. */
  void writeSsh(String caPublicKey, Secret hostKey, String hostCertificate) throws IOException {
    NodePaths paths = node.paths();
    if (!caPublicKey.isEmpty()) {
      AtomicFile.write(paths.sshCaPublicKey(), caPublicKey, AtomicFile.PUBLIC);
    }
    if (!hostCertificate.isEmpty()) {
      SecretFile.write(paths.sshHostKey(), hostKey);
      AtomicFile.write(paths.sshHostCertificate(), hostCertificate, AtomicFile.PUBLIC);
    }
    faults.reached(Step.SSH_WRITTEN);
  }

  /**
   * @param certificate PEM
   * @param key PEM
   */
  void writeKubelet(String certificate, Secret key) throws IOException {
    SecretFile.write(node.paths().kubeletKey(), key);
    AtomicFile.write(node.paths().kubeletCertificate(), certificate, AtomicFile.PUBLIC);
    faults.reached(Step.KUBELET_WRITTEN);
  }

  /** kubeadm is through: from here on a start finds a member. */
  void complete(Bytes clusterId) throws IOException {
    faults.reached(Step.KUBEADM_DONE);
    progress(Progress.Phase.COMPLETE, clusterId);
    faults.reached(Step.COMPLETE_WRITTEN);
    node.disk().markInitialized(true);
    faults.reached(Step.DISK_MARKED);
  }

  /** The node is taken, and is of no use: the next boot formats the disk anew. */
  void giveUp(String reason) {
    status.failed(reason);
    try {
      node.disk().markInitialized(false);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "the state disk cannot be marked for a reset", e);
    }
  }

  private void progress(Progress.Phase phase, Bytes clusterId) throws IOException {
    new ProgressFile(node.paths().bootstrapProgress()).write(new Progress(phase, clusterId, role));
  }
}
