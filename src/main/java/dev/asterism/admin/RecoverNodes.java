package dev.asterism.admin;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.keys.MasterSecret;
import dev.asterism.proto.recover.APIGrpc;
import dev.asterism.proto.recover.RecoverMessage;
import dev.asterism.rpc.Channels;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the cluster's secret to every control plane that waits for it. Each proves itself before
 * anything is sent to it.
 */
public final class RecoverNodes {
  /** The port of a control plane that waits for its disk's key. */
  public static final int PORT = 9999;

  private static final Duration PAUSE = Duration.ofMillis(500);

  /** A load balancer may lead to the next one each time; that many are more than anybody has. */
  private static final int MOST = 100;

  private final InstantSource clock;
  private final Consumer<String> progress;

  /**
   * @param progress takes one line at a time, for people
   */
  public RecoverNodes(InstantSource clock, Consumer<String> progress) {
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * What to do.
   *
   * @param endpoints of control planes, or of what balances over them
   * @param patience how long nobody may answer before an endpoint is given up
   * @param timeout of one call
   */
  public record Plan(
      List<Endpoint> endpoints,
      Policy policy,
      MasterSecret master,
      Duration patience,
      Duration timeout) {}

  /**
   * What became of one endpoint.
   *
   * @param recovered how many control planes answered there with success
   * @param failure null: nothing went wrong
   */
  public record Result(Endpoint endpoint, int recovered, @Nullable Exception failure) {}

  /** Asks all endpoints at once; each again until nobody answers there any more. */
  public List<Result> run(Plan plan) throws InterruptedException {
    var results = new ArrayList<Result>();
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Result>> all =
          plan.endpoints().stream().map(one -> workers.submit(() -> recover(plan, one))).toList();
      for (Future<Result> one : all) {
        results.add(one.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return results;
  }

  private Result recover(Plan plan, Endpoint endpoint) throws InterruptedException {
    int recovered = 0;
    long quiet = System.nanoTime();
    while (recovered < MOST) {
      var verdict = new NodeVerdict(endpoint, progress);
      try {
        call(plan, endpoint, verdict);
        recovered++;
        quiet = System.nanoTime();
        progress.accept("the node at " + endpoint + " is recovered: the secret opened its disk");
      } catch (StatusRuntimeException e) {
        Exception end = end(plan, endpoint, verdict, e);
        if (end != null) {
          return new Result(endpoint, recovered, end);
        }
        if (System.nanoTime() - quiet > plan.patience().toNanos()) {
          break;
        }
        Thread.sleep(PAUSE);
      }
    }
    return new Result(endpoint, recovered, null);
  }

  private void call(Plan plan, Endpoint endpoint, NodeVerdict verdict) {
    Verifier verifier = plan.policy().unspent().verifier();
    var verification = new PeerVerification(() -> new Versioned<>(verifier, 1), clock, verdict);
    ManagedChannel channel =
        Channels.open(endpoint.toString(), AtlsClient.context(null, verification));
    try {
      var _ =
          APIGrpc.newBlockingStub(channel)
              .withDeadlineAfter(plan.timeout().toMillis(), TimeUnit.MILLISECONDS)
              .recover(message(plan.master()));
    } finally {
      channel.shutdownNow();
    }
  }

  private static RecoverMessage message(MasterSecret master) {
    return RecoverMessage.newBuilder()
        .setKmsUri(InitMessages.kmsUri(master))
        .setStorageUri(InitMessages.STORAGE_URI)
        .build();
  }

  /** What ends it for this endpoint; null where nobody answered. */
  private static @Nullable Exception end(
      Plan plan, Endpoint endpoint, NodeVerdict verdict, StatusRuntimeException e) {
    try {
      verdict.throwIfNotTrusted();
    } catch (NodeException | NodeRefusedException refused) {
      return refused;
    }
    boolean nobody =
        e.getStatus().getCode() == Status.Code.UNAVAILABLE
            && !CallFailures.handshakeRefused(e.getStatus());
    return nobody
        ? null
        : new NodeException(
            "the node at " + endpoint + " " + CallFailures.clause(e, plan.timeout()), e);
  }
}
