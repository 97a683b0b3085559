package dev.asterism.bootstrap;

import dev.asterism.node.Metadata.Instance;
import dev.asterism.node.Role;
import dev.asterism.rpc.Failures;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Serves init (control planes only) and asks to join at the same time. Whichever takes the node
 * stops the other.
 */
final class Race implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Race.class.getName());
  private static final int SECRET_TRIES = 5;
  private static final Duration SECRET_INTERVAL = Duration.ofSeconds(10);

  private final CompletableFuture<NodeLock.Taker> end = new CompletableFuture<>();
  private final NodeLock lock;
  private final Membership membership;
  private final JoinClient joinClient;
  private final Thread joining = Thread.ofVirtual().name("join-client").unstarted(this::join);
  private final @Nullable InitServer initServer;

  Race(
      NodeParts node,
      BootstrapSettings settings,
      StatusReporter status,
      Instance self,
      InstantSource clock,
      SecureRandom random,
      FaultPoints faults)
      throws IOException {
    lock = new NodeLock(node.register());
    membership = new Membership(node, lock, self.role(), status, faults);
    joinClient = new JoinClient(node, settings, lock, membership, status, self, random);
    if (self.role() == Role.CONTROL_PLANE) {
      var founding =
          new ClusterFounding(
              node, lock, membership, status, self, settings.rules(node), clock, random);
      var secretCheck =
          new InitSecretCheck(
              node.metadata(), new TryLimit(SECRET_TRIES, SECRET_INTERVAL, System::nanoTime));
      initServer =
          new InitServer(
              settings.initAddress(),
              node.issuer(),
              new InitService(node, secretCheck, lock, founding, faults, new InitEnd()));
      LOG.log(
          System.Logger.Level.INFO, "serving init on port {0}", String.valueOf(initServer.port()));
    } else {
      initServer = null;
    }
  }

  /**
   * Runs until one of the two has made this node a member; says which.
   *
   * @throws EntryFailedException if the one that took the node failed
   */
  NodeLock.Taker run() throws InterruptedException, EntryFailedException {
    var stopping = lock.taken().thenAcceptAsync(this::stopLoser, Thread::startVirtualThread);
    joining.start();
    try {
      NodeLock.Taker winner = end.get();
      stopping.join();
      return winner;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case EntryFailedException failed -> throw failed;
        case Error error -> throw error;
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /** Whether the register is spent and the node not yet a member. */
  boolean entering() {
    return lock.taker().isPresent() && !end.isDone();
  }

  private void stopLoser(NodeLock.Taker winner) {
    switch (winner) {
      case INIT -> joining.interrupt();
      case JOIN -> closeInitServer();
    }
  }

  private void join() {
    try {
      joinClient.run();
      end.complete(NodeLock.Taker.JOIN);
    } catch (NodeTakenException e) {
      LOG.log(System.Logger.Level.INFO, "join client: stops: {0}", Failures.reason(e));
      if (lock.taker().isEmpty()) {
        end.completeExceptionally(EntryFailedException.spent(e));
      }
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.INFO, "join client: stopped");
    } catch (EntryFailedException e) {
      end.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      end.completeExceptionally(e);
    }
  }

  private void closeInitServer() {
    if (initServer != null) {
      initServer.close();
    }
  }

  /** Stops both; an answer under way still leaves. */
  @Override
  public void close() {
    joining.interrupt();
    closeInitServer();
  }

  private final class InitEnd implements InitService.Listener {
    @Override
    public void initialized() {
      end.complete(NodeLock.Taker.INIT);
    }

    @Override
    public void failed(EntryFailedException failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void died(Error error) {
      end.completeExceptionally(error);
    }
  }
}
