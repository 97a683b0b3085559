package dev.asterism.bootstrap;

import dev.asterism.attestation.IssueException;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.keys.KeyException;
import dev.asterism.kubernetes.ComponentRules;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.node.Metadata.Instance;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.Failures;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Makes this node the first of a new cluster. */
final class ClusterFounding {
  /** As kubeadm has it where nothing is said. */
  private static final String SERVICE_CIDR = "10.96.0.0/12";

  private final NodeParts node;
  private final NodeLock lock;
  private final Membership membership;
  private final StatusReporter status;
  private final Instance self;
  private final ComponentRules rules;
  private final InstantSource clock;
  private final SecureRandom random;

  ClusterFounding(
      NodeParts node,
      NodeLock lock,
      Membership membership,
      StatusReporter status,
      Instance self,
      ComponentRules rules,
      InstantSource clock,
      SecureRandom random) {
    this.node = node;
    this.lock = lock;
    this.membership = membership;
    this.status = status;
    this.self = self;
    this.rules = rules;
    this.clock = clock;
    this.random = random;
  }

  /** What the admin gets. */
  record Founded(String kubeconfig, Bytes clusterId) {}

  /**
   * @param abandoned asked before the lock: nobody is there who would take the kubeconfig
   * @throws EntryFailedException if it failed after the lock; after every other exception the node
   *     is still free, or somebody else's
   */
  Founded found(InitRequest request, BooleanSupplier abandoned)
      throws EntryFailedException,
          NodeTakenException,
          CallException,
          MalformedException,
          KeyException,
          IOException,
          IssueException {
    try (InitOrder order = InitOrder.of(request, node.disk().uuid());
        SshHostKey hostKey = SshHostKey.generate(random)) {
      String hostCertificate =
          order.sshCa().certify(hostKey.publicKey(), principals(request), clock.instant());
      Kubeadm.InitPlan plan = plan(request);
      node.kubeadm().fetch(plan.components());
      if (abandoned.getAsBoolean()) {
        throw new CallException(Status.Code.CANCELLED, "the admin is gone; nothing was changed");
      }
      try {
        membership.take(NodeLock.Taker.INIT, order.clusterId(), order.salt());
        membership.rekey(order.diskKey());
        try (Secret key = hostKey.openSshPrivateKey()) {
          membership.writeSsh(
              order.sshCa().publicKey().authorizedKeysLine(""), key, hostCertificate);
        }
        status.starting("kubeadm init");
        String kubeconfig = node.kubeadm().init(plan);
        membership.complete(order.clusterId());
        return new Founded(kubeconfig, order.clusterId());
      } catch (IOException | IssueException | RuntimeException e) {
        // A join may have taken the node meanwhile: then this is only a refused init.
        if (lock.taker().equals(Optional.of(NodeLock.Taker.INIT))) {
          String reason = "init failed: " + Failures.reason(e);
          membership.giveUp(reason);
          throw new EntryFailedException(reason, e);
        }
        throw e;
      }
    }
  }

  private List<String> principals(InitRequest request) {
    var principals = new ArrayList<>(List.of(self.name(), self.ip()));
    principals.addAll(request.getApiserverCertSansList());
    return principals;
  }

  private Kubeadm.InitPlan plan(InitRequest request) throws IOException, MalformedException {
    return new Kubeadm.InitPlan(
        request.getClusterName(),
        request.getKubernetesVersion(),
        self.name(),
        self.ip(),
        node.metadata().apiServerEndpoint(),
        request.getApiserverCertSansList(),
        request.getServiceCidr().isEmpty() ? SERVICE_CIDR : request.getServiceCidr(),
        request.getConformanceMode(),
        rules.check(Texts.components(request.getKubernetesComponentsList())));
  }
}
