package dev.asterism.admin;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.ClusterId;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyIds;
import dev.asterism.keys.MasterSecret;
import dev.asterism.proto.init.APIGrpc;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.rpc.Channels;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Turns a first node into a cluster. The node proves itself before anything is sent to it; what
 * comes back is checked against the keys that we gave.
 */
public final class InitCluster {
  /** The port of a node that waits to be initialised. */
  public static final int PORT = 9000;

  private final SecureRandom random;
  private final InstantSource clock;
  private final Consumer<String> progress;

  /**
   * @param progress takes one line at a time, for people
   */
  public InitCluster(SecureRandom random, InstantSource clock, Consumer<String> progress) {
    this.random = random;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Initialises, and writes master secret, kubeconfig and state into the workspace. Can be repeated
   * after a failure: master secret and salt stay.
   *
   * @throws NodeRefusedException if the node's evidence is not accepted
   * @throws NodeException if it does not answer in time, or fails
   * @throws MalformedException if a file of the workspace is not what it should be
   */
  public ClusterState run(InitPlan plan, Workspace workspace)
      throws IOException,
          MalformedException,
          NodeException,
          NodeRefusedException,
          InterruptedException {
    workspace.requireUninitialised();
    MasterSecret master = workspace.masterSecret(random);
    try (Secret _ = master.key()) {
      return run(plan, workspace, master);
    }
  }

  private ClusterState run(InitPlan plan, Workspace workspace, MasterSecret master)
      throws IOException,
          MalformedException,
          NodeException,
          NodeRefusedException,
          InterruptedException {
    ClusterState state = state(plan, workspace);
    workspace.write(state);
    InitRequest request = InitMessages.request(plan, master, state.measurementSalt());
    InitStream.Initialised answer = untilAnswered(plan, workspace, request);
    if (!answer.clusterId().equals(expectedId(master, state.measurementSalt()))) {
      throw new NodeException(
          "the node at "
              + plan.endpoint()
              + " reports a cluster id that our master secret does not give: do not use this"
              + " cluster");
    }
    AtomicFile.write(workspace.kubeconfigFile(), answer.kubeconfig(), AtomicFile.PRIVATE);
    ClusterState initialised = state.initialised(answer.clusterId());
    workspace.write(initialised);
    return initialised;
  }

  private ClusterState state(InitPlan plan, Workspace workspace)
      throws IOException, MalformedException {
    byte[] fresh = new byte[ClusterId.LENGTH];
    random.nextBytes(fresh);
    Bytes salt = workspace.state().map(ClusterState::measurementSalt).orElse(Bytes.of(fresh));
    return new ClusterState(
        plan.clusterName(), plan.policy().variant(), plan.endpoint().toString(), salt, null);
  }

  private static Bytes expectedId(MasterSecret master, Bytes salt) {
    try (Secret measurementSecret =
        new HkdfKeySource(master.key(), master.salt())
            .dataKey(KeyIds.MEASUREMENT_SECRET, KeyIds.LENGTH)) {
      return ClusterId.derive(measurementSecret, salt);
    } catch (KeyException e) {
      throw new IllegalStateException("the key of the cluster id is always derivable", e);
    }
  }

  private InitStream.Initialised untilAnswered(
      InitPlan plan, Workspace workspace, InitRequest request)
      throws IOException, NodeException, NodeRefusedException, InterruptedException {
    Instant end = clock.instant().plus(plan.timeout());
    String said = "";
    while (true) {
      var verdict = new NodeVerdict(plan.endpoint(), progress);
      try {
        return once(plan, workspace, request, verdict, Duration.between(clock.instant(), end));
      } catch (StatusRuntimeException e) {
        String why = whyToTryAgain(plan, verdict, e);
        if (!clock.instant().plus(plan.pause()).isBefore(end)) {
          throw new NodeException(why + "; gave up after " + plan.timeout().toSeconds() + " s", e);
        }
        if (!why.equals(said)) {
          progress.accept(why + "; trying again until it does …");
          said = why;
        }
        Thread.sleep(plan.pause());
      }
    }
  }

  private InitStream.Initialised once(
      InitPlan plan, Workspace workspace, InitRequest request, NodeVerdict verdict, Duration left)
      throws IOException, NodeException {
    Verifier verifier = plan.policy().unspent().verifier();
    var verification = new PeerVerification(() -> new Versioned<>(verifier, 1), clock, verdict);
    ManagedChannel channel =
        Channels.open(plan.endpoint().toString(), AtlsClient.context(null, verification));
    try {
      return new InitStream(plan.endpoint(), workspace.nodeLogFile())
          .read(
              APIGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS)
                  .init(request));
    } finally {
      channel.shutdownNow();
    }
  }

  /** One clause if it is worth another attempt; otherwise throws what ends it all. */
  private static String whyToTryAgain(InitPlan plan, NodeVerdict verdict, StatusRuntimeException e)
      throws NodeException, NodeRefusedException {
    verdict.throwIfNotTrusted();
    String clause = "the node at " + plan.endpoint() + " " + CallFailures.clause(e, plan.timeout());
    boolean again =
        e.getStatus().getCode() == Status.Code.UNAVAILABLE
            && !verdict.connected()
            && !CallFailures.handshakeRefused(e.getStatus());
    if (!again) {
      throw new NodeException(clause, e);
    }
    return clause;
  }
}
