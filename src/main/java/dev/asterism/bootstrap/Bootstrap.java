package dev.asterism.bootstrap;

import dev.asterism.attestation.IssueException;
import dev.asterism.bootstrap.FaultPoints.Step;
import dev.asterism.bootstrap.StartRules.Decision;
import dev.asterism.node.BootstrapStatus;
import dev.asterism.node.Metadata.Instance;
import dev.asterism.node.NodeStateFile;
import dev.asterism.rpc.Failures;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What happens between boot and kubelet: makes this node a member of a cluster, or says why not.
 */
public final class Bootstrap {
  private static final System.Logger LOG = System.getLogger(Bootstrap.class.getName());

  private final NodeParts node;
  private final BootstrapSettings settings;
  private final InstantSource clock;
  private final SecureRandom random;
  private final FaultPoints faults;
  private final StatusReporter status;
  private final ProgressFile progress;
  private volatile @Nullable Race current;

  /**
   * @param faults {@link FaultPoints#NONE} but in tests
   */
  public Bootstrap(
      NodeParts node,
      BootstrapSettings settings,
      InstantSource clock,
      SecureRandom random,
      FaultPoints faults) {
    this.node = node;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.faults = faults;
    this.status = new StatusReporter(node.paths().status());
    this.progress = new ProgressFile(node.paths().bootstrapProgress());
  }

  /** How it ended. */
  public enum Outcome {
    /** An earlier run had made it a member; the kubelet is started. */
    MEMBER_ALREADY,
    /** An admin made it the first of a cluster; the kubelet is started. */
    INITIALIZED,
    /** A join-service let it in; the kubelet is started. */
    JOINED,
    /** The disk is marked for a reset and a reboot is asked for. */
    REBOOTING
  }

  /**
   * Runs until this node is a member or must reboot; an interrupt stops it.
   *
   * @throws IOException if the node's own parts fail (disk, init system, the init server's port),
   *     the host does not say what it is, or another process runs this: to be run again
   * @throws IssueException if the cluster register cannot be read
   */
  public Outcome run() throws InterruptedException, IOException, IssueException {
    try (var _ = ProcessLock.take(node.paths().bootstrapLock())) {
      return start();
    }
  }

  private Outcome start() throws InterruptedException, IOException, IssueException {
    status.starting("looking at what an earlier start left");
    Optional<Progress> left = earlierProgress();
    Bytes register = node.register().read();
    Decision decision =
        StartRules.decide(register, node.register()::expectedAfter, left, hasNodeState());
    LOG.log(
        System.Logger.Level.INFO,
        "start: register {0}, progress {1}: {2}",
        register.isAllZero() ? "zero" : register.hex(),
        left.map(p -> p.phase().id()).orElse("none"),
        decision);
    return switch (decision) {
      case BEGIN -> race();
      case START_KUBELET -> {
        left.ifPresent(this::remember);
        // A kill between the last two steps of an earlier run left it unset.
        if (!node.disk().initialized()) {
          node.disk().markInitialized(true);
        }
        yield startKubelet(Outcome.MEMBER_ALREADY, "the node was a member already");
      }
      case RESET_AND_REBOOT -> reboot(whyReset(left));
    };
  }

  /** What bootstrapping is at; also in the status file. */
  public BootstrapStatus status() {
    return status.last();
  }

  /**
   * Whether this node is being made a member: an end now costs its disk. At any other time an
   * interrupt costs nothing.
   */
  public boolean entering() {
    Race race = current;
    return race != null && race.entering();
  }

  private Outcome race() throws InterruptedException, IOException {
    Instance self = MetadataWait.STANDARD.self(node.metadata(), status);
    status.starting("this is " + self.name() + ", a " + self.role().id());
    NodeLock.Taker winner;
    // Closed first: the answer to an admin must have left before anything is started or rebooted.
    try (var race = new Race(node, settings, status, self, clock, random, faults)) {
      current = race;
      winner = race.run();
    } catch (EntryFailedException e) {
      LOG.log(System.Logger.Level.ERROR, "bootstrapping failed after the lock", e);
      return reboot(Failures.reason(e));
    }
    return switch (winner) {
      case INIT -> startKubelet(Outcome.INITIALIZED, "initialized");
      case JOIN -> startKubelet(Outcome.JOINED, "joined");
    };
  }

  private Outcome startKubelet(Outcome outcome, String how) throws IOException {
    node.services().startKubelet();
    faults.reached(Step.KUBELET_STARTED);
    status.joined(how);
    return outcome;
  }

  private Outcome reboot(String reason) throws IOException {
    status.failed(reason);
    try {
      node.disk().markInitialized(false);
    } catch (IOException e) {
      // The next start finds the same and decides the same.
      LOG.log(System.Logger.Level.ERROR, "the state disk cannot be marked for a reset", e);
    }
    node.services().reboot(reason);
    return Outcome.REBOOTING;
  }

  private static String whyReset(Optional<Progress> left) {
    String why;
    if (left.isEmpty()) {
      why = "its cluster register is spent, and the disk does not say for which cluster";
    } else if (!left.get().complete()) {
      why = "an earlier start took it and did not finish";
    } else {
      why = "its cluster register or node state is not of the cluster that the disk belongs to";
    }
    return "the node must be reset: " + why;
  }

  private Optional<Progress> earlierProgress() {
    try {
      return progress.read();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "what an earlier start left cannot be read", e);
      return Optional.empty();
    }
  }

  private boolean hasNodeState() {
    try {
      return new NodeStateFile(node.paths().nodeState()).read().isPresent();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the node state cannot be read", e);
      return false;
    }
  }

  private void remember(Progress left) {
    status.role(left.role());
    status.cluster(left.clusterId());
  }
}
