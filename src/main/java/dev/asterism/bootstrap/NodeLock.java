package dev.asterism.bootstrap;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.IssueException;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Makes one of init and join win: in this process by a mutex, for good by extending the cluster-ID
 * register, which no later step takes back. Taken once.
 */
final class NodeLock {
  private final ClusterRegister register;
  private final CompletableFuture<Taker> taken = new CompletableFuture<>();

  NodeLock(ClusterRegister register) {
    this.register = register;
  }

  enum Taker {
    INIT("an admin initializes it"),
    JOIN("it joins a cluster");

    private final String what;

    Taker(String what) {
      this.what = what;
    }

    /** As in "the node is taken: …". */
    String what() {
      return what;
    }
  }

  /** What must be on disk before the register is extended. */
  interface Preparation {
    void run() throws IOException;
  }

  /**
   * Takes the node for one cluster. If {@code before} fails the node is still free.
   *
   * @throws NodeTakenException if it is taken, here or by what ran earlier in this boot
   * @throws IOException from {@code before}
   * @throws IssueException if the register fails; once {@link #taken} is complete it may have been
   *     extended
   */
  synchronized void take(Taker by, Bytes clusterId, Preparation before)
      throws NodeTakenException, IOException, IssueException {
    requireFree();
    Bytes fresh = register.read();
    if (!fresh.isAllZero()) {
      throw new NodeTakenException("the node is taken: its cluster register is not zero any more");
    }
    before.run();
    taken.complete(by);
    register.extend(clusterId);
    if (!register.read().equals(register.expectedAfter(clusterId))) {
      throw new IssueException("the cluster register does not hold what it was extended with");
    }
  }

  /**
   * @throws NodeTakenException if it is taken by this process
   */
  void requireFree() throws NodeTakenException {
    Optional<Taker> taker = taker();
    if (taker.isPresent()) {
      throw new NodeTakenException("the node is taken: " + taker.get().what());
    }
  }

  /** Who took it; empty while it is free. */
  Optional<Taker> taker() {
    return Optional.ofNullable(taken.getNow(null));
  }

  /** Completes when somebody takes it. */
  CompletableFuture<Taker> taken() {
    return taken;
  }
}
