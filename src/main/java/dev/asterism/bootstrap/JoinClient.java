package dev.asterism.bootstrap;

import dev.asterism.attestation.IssueException;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.ClusterId;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.node.Metadata.Instance;
import dev.asterism.node.Role;
import dev.asterism.rpc.Failures;
import dev.asterism.rpc.JoinTrouble;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks every join-service there is, again and again, until one lets this node in. */
final class JoinClient {
  private static final System.Logger LOG = System.getLogger(JoinClient.class.getName());

  /** So that nodes that boot together do not ask together: a fifth of the interval either way. */
  private static final double JITTER = 0.2;

  private final NodeParts node;
  private final BootstrapSettings settings;
  private final NodeLock lock;
  private final Membership membership;
  private final StatusReporter status;
  private final Instance self;
  private final SecureRandom random;

  JoinClient(
      NodeParts node,
      BootstrapSettings settings,
      NodeLock lock,
      Membership membership,
      StatusReporter status,
      Instance self,
      SecureRandom random) {
    this.node = node;
    this.settings = settings;
    this.lock = lock;
    this.membership = membership;
    this.status = status;
    this.self = self;
    this.random = random;
  }

  /**
   * Returns once this node is a member.
   *
   * @throws NodeTakenException if init has the node
   * @throws EntryFailedException if it failed after the lock
   */
  void run() throws InterruptedException, NodeTakenException, EntryFailedException {
    try (var attempt = new JoinAttempt(node, settings, self, random)) {
      while (!round(attempt)) {
        lock.requireFree();
        Thread.sleep(pause());
      }
    }
  }

  /** Asks each join-service once; the status shows a refusal before everything else. */
  private boolean round(JoinAttempt attempt)
      throws InterruptedException, NodeTakenException, EntryFailedException {
    String news = "waiting for join-services to appear";
    boolean refused = false;
    try {
      for (String endpoint : JoinEndpoints.others(node.metadata(), self)) {
        lock.requireFree();
        JoinTrouble trouble = join(attempt, endpoint);
        if (trouble == null) {
          return true;
        }
        if (trouble.refused()) {
          refused = true;
          status.refused(trouble.reason());
        } else {
          news = trouble.reason();
          LOG.log(System.Logger.Level.INFO, news);
        }
      }
    } catch (IOException e) {
      news = "no join endpoints: " + Failures.reason(e);
    }
    lock.requireFree();
    if (!refused) {
      status.starting(news);
    }
    return false;
  }

  /**
   * @return null if the node is now a member
   */
  private @Nullable JoinTrouble join(JoinAttempt attempt, String endpoint)
      throws InterruptedException, NodeTakenException, EntryFailedException {
    if (settings.joinServices() == null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "asking join-service {0} for a ticket, which need not prove itself: whoever answers there"
              + " may make this node a member of a cluster of his",
          endpoint);
    } else {
      LOG.log(System.Logger.Level.INFO, "asking join-service {0} for a ticket", endpoint);
    }
    try (Ticket ticket = attempt.ask(endpoint)) {
      Kubeadm.JoinPlan plan = plan(ticket);
      Bytes clusterId = ClusterId.derive(ticket.measurementSecret(), ticket.salt());
      node.kubeadm().fetch(plan.components());
      membership.take(NodeLock.Taker.JOIN, clusterId, ticket.salt());
      enter(attempt, ticket, clusterId, plan);
      return null;
    } catch (StatusRuntimeException e) {
      requireFreeOrFail(endpoint, e);
      LOG.log(System.Logger.Level.DEBUG, "join attempt failed", e);
      if (Thread.interrupted()) {
        throw new InterruptedException("stopped while asking " + endpoint);
      }
      return JoinTrouble.of(endpoint, e);
    } catch (MalformedException e) {
      return new JoinTrouble(true, "the ticket of " + endpoint + " is unusable: " + e.getMessage());
    } catch (IOException | IssueException | RuntimeException e) {
      requireFreeOrFail(endpoint, e);
      LOG.log(System.Logger.Level.WARNING, "join could not begin", e);
      return new JoinTrouble(
          false, "join through " + endpoint + " could not begin: " + Failures.reason(e));
    }
  }

  /** What fails once the node is taken by this join is beyond another try. */
  private void requireFreeOrFail(String endpoint, Exception failure) throws EntryFailedException {
    if (lock.taker().equals(Optional.of(NodeLock.Taker.JOIN))) {
      throw new EntryFailedException(
          "join through " + endpoint + " failed: " + Failures.reason(failure), failure);
    }
  }

  private void enter(JoinAttempt attempt, Ticket ticket, Bytes clusterId, Kubeadm.JoinPlan plan)
      throws InterruptedException, IOException {
    membership.rekey(ticket.diskKey());
    try (Secret hostKey = attempt.sshPrivateKey();
        Secret kubeletKey = attempt.kubeletPrivateKey()) {
      membership.writeSsh(ticket.sshCa(), hostKey, ticket.hostCertificate());
      membership.writeKubelet(ticket.kubeletCertificate(), kubeletKey);
    }
    kubeadm(plan);
    membership.complete(clusterId);
  }

  private Kubeadm.JoinPlan plan(Ticket ticket) throws IOException {
    return new Kubeadm.JoinPlan(
        self.name(),
        self.ip(),
        ticket.apiServerEndpoint().isEmpty()
            ? node.metadata().apiServerEndpoint()
            : ticket.apiServerEndpoint(),
        ticket.token(),
        ticket.caCertHash(),
        self.role() == Role.CONTROL_PLANE,
        ticket.controlPlaneFiles(),
        ticket.components());
  }

  private void kubeadm(Kubeadm.JoinPlan plan) throws InterruptedException, IOException {
    for (int attempt = 1; ; attempt++) {
      status.starting("kubeadm join, try " + attempt + " of " + settings.kubeadmTries());
      try {
        node.kubeadm().join(plan);
        return;
      } catch (IOException e) {
        if (attempt == settings.kubeadmTries()) {
          throw e;
        }
        LOG.log(System.Logger.Level.WARNING, "kubeadm join failed, trying again", e);
      }
      Thread.sleep(settings.kubeadmPause());
    }
  }

  private Duration pause() {
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    return Duration.ofMillis((long) (settings.joinInterval().toMillis() * factor));
  }
}
