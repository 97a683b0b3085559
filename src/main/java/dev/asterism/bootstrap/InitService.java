package dev.asterism.bootstrap;

import dev.asterism.attestation.IssueException;
import dev.asterism.bootstrap.FaultPoints.Step;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeyException;
import dev.asterism.proto.init.APIGrpc;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.proto.init.InitResponse;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.Failures;
import dev.asterism.rpc.LogLimit;
import dev.asterism.rpc.Peers;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Answers init: who knows the init secret makes this node the first of a cluster, once. */
final class InitService extends APIGrpc.APIImplBase {
  private static final System.Logger LOG = System.getLogger(InitService.class.getName());

  private final LogLimit strangers = LogLimit.of(LOG);

  private final NodeParts node;
  private final InitSecretCheck secretCheck;
  private final NodeLock lock;
  private final ClusterFounding founding;
  private final FaultPoints faults;
  private final Listener listener;
  private final AtomicBoolean answering = new AtomicBoolean();

  InitService(
      NodeParts node,
      InitSecretCheck secretCheck,
      NodeLock lock,
      ClusterFounding founding,
      FaultPoints faults,
      Listener listener) {
    this.node = node;
    this.secretCheck = secretCheck;
    this.lock = lock;
    this.founding = founding;
    this.faults = faults;
    this.listener = listener;
  }

  /** Hears how an init ended that leaves nothing to wait for; after its answer was sent. */
  interface Listener {
    void initialized();

    void failed(EntryFailedException failure);

    /** This process is no longer sane. */
    void died(Error error);
  }

  @Override
  public void init(InitRequest request, StreamObserver<InitResponse> out) {
    var answer = new InitAnswer(out);
    String peer = Peers.address();
    try (Secret secret = Texts.secret(request.getInitSecret())) {
      secretCheck.require(peer, secret);
    } catch (CallException e) {
      // Only who knows the secret may read the journal, or fill it.
      strangers.log(
          System.Logger.Level.WARNING,
          () -> "init call from " + peer + " fails: " + e.getMessage());
      answer.fail(status(e), Stream.of("init refused: " + e.getMessage()));
      return;
    }
    LOG.log(System.Logger.Level.INFO, "init call from {0}", peer);
    if (!answering.compareAndSet(false, true)) {
      refuse(answer, peer, busy(), journal());
      return;
    }
    try {
      found(request, answer, peer);
    } catch (Error e) {
      listener.died(e);
      throw e;
    } finally {
      answering.set(false);
    }
  }

  private void found(InitRequest request, InitAnswer answer, String peer) {
    try {
      if (lock.taker().isPresent()) {
        throw taken(lock.taker().get());
      }
      ClusterFounding.Founded founded = founding.found(request, answer::abandoned);
      answer.succeed(founded.kubeconfig(), founded.clusterId());
      faults.reached(Step.ANSWERED);
      listener.initialized();
    } catch (EntryFailedException e) {
      refuse(
          answer, peer, new CallException(Status.Code.INTERNAL, Failures.reason(e), e), journal());
      listener.failed(e);
    } catch (NodeTakenException e) {
      refuse(
          answer,
          peer,
          new CallException(Status.Code.FAILED_PRECONDITION, Failures.reason(e)),
          journal());
      if (lock.taker().isEmpty()) {
        listener.failed(EntryFailedException.spent(e));
      }
    } catch (KeyException e) {
      refuse(
          answer,
          peer,
          new CallException(Status.Code.INVALID_ARGUMENT, "kms_uri: " + e.getMessage(), e),
          journal());
    } catch (CallException
        | MalformedException
        | IOException
        | IssueException
        | RuntimeException e) {
      refuse(answer, peer, e, journal());
    }
  }

  private CallException busy() {
    return lock.taker()
        .map(InitService::taken)
        .orElseGet(() ->
            new CallException(
                Status.Code.FAILED_PRECONDITION, "another init call is being answered"));
  }

  private static CallException taken(NodeLock.Taker taker) {
    return new CallException(
        Status.Code.FAILED_PRECONDITION,
        switch (taker) {
          case INIT -> "already initialized: an earlier init call has taken this node";
          case JOIN ->
              "this node is joining a cluster, or has joined one: it cannot be initialized";
        });
  }

  private void refuse(InitAnswer answer, String peer, Exception failure, Stream<String> log) {
    LOG.log(
        System.Logger.Level.WARNING,
        "init call from {0} fails: {1}",
        peer,
        Failures.reason(failure));
    try (log) {
      answer.fail(status(failure), log);
    } catch (UncheckedIOException e) {
      LOG.log(System.Logger.Level.WARNING, "the journal cannot be read to its end", e);
      answer.fail(status(failure), Stream.empty());
    }
  }

  private static Status status(Exception failure) {
    return failure instanceof IOException || failure instanceof IssueException
        ? Status.INTERNAL.withDescription(Failures.reason(failure))
        : Failures.status(failure);
  }

  private Stream<String> journal() {
    try {
      return node.services().journal();
    } catch (IOException e) {
      return Stream.of("the journal cannot be read: " + Failures.reason(e));
    }
  }
}
