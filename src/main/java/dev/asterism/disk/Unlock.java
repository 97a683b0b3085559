package dev.asterism.disk;

import dev.asterism.atls.AtlsServer;
import dev.asterism.attestation.Issuer;
import dev.asterism.rpc.Limits;
import dev.asterism.rpc.RpcServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gets a locked disk its key: asks the cluster's join-services, and on a control plane waits for an
 * admin at the same time. Whichever comes first ends the other.
 */
public final class Unlock {
  /** Where admins look for control planes that wait (wire contract, section 1). */
  public static final int RECOVERY_PORT = 9999;

  private static final System.Logger LOG = System.getLogger(Unlock.class.getName());
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** One admin calls, a few times; a message is two URIs. */
  private static final Limits LIMITS =
      Limits.DEFAULT
          .withMessage(64 * 1024)
          .with(Limits.Places.DEFAULT.withStreams(4).withCalls(16, 4));

  private final Issuer issuer;
  private final RejoinSettings settings;
  private final Endpoints endpoints;
  private final @Nullable InetSocketAddress recovery;
  private final RandomGenerator random;
  private final UnlockNews news;

  /**
   * @param recovery where a control plane waits for an admin; null: nowhere, it is a worker
   * @param news hears what stands in the way
   */
  public Unlock(
      Issuer issuer,
      RejoinSettings settings,
      Endpoints endpoints,
      @Nullable InetSocketAddress recovery,
      RandomGenerator random,
      UnlockNews news) {
    this.issuer = issuer;
    this.settings = settings;
    this.endpoints = endpoints;
    this.recovery = recovery;
    this.random = random;
    this.news = news;
  }

  /** Where join-services are, asked anew for each round. */
  public interface Endpoints {
    List<String> get() throws IOException;
  }

  /**
   * Waits as long as it takes; an interrupt stops it.
   *
   * @return keys of which the first opens the disk; close them
   * @throws IOException if the recovery server's port cannot be used
   */
  public UnlockKeys run(LockedDisk disk) throws IOException, InterruptedException {
    var found = new CompletableFuture<UnlockKeys>();
    var rejoin = new RejoinClient(disk, issuer, settings, endpoints, random, news);
    Thread asking = Thread.ofVirtual().name("rejoin").unstarted(() -> ask(rejoin, found));
    RpcServer server = recovery == null ? null : serve(recovery, disk, found);
    try {
      asking.start();
      return found.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      // Nobody takes keys that come now.
      var _ = found.thenAccept(UnlockKeys::close);
      throw e;
    } finally {
      asking.interrupt();
      if (server != null) {
        // Old admins call until nobody answers; an answer under way still leaves.
        server.shutdown(GRACE);
      }
    }
  }

  private static void ask(RejoinClient rejoin, CompletableFuture<UnlockKeys> found) {
    try {
      offer("a join-service", rejoin.run(), found);
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.DEBUG, "rejoin stops: the key is here");
    } catch (RuntimeException | Error e) {
      found.completeExceptionally(e);
    }
  }

  private RpcServer serve(
      InetSocketAddress address, LockedDisk disk, CompletableFuture<UnlockKeys> found)
      throws IOException {
    RpcServer server =
        RpcServer.builder("recovery", address)
            .tls(AtlsServer.context(issuer, null))
            .limits(LIMITS)
            .service(new RecoveryService(disk, keys -> offer("an admin", keys, found)))
            .start();
    LOG.log(
        System.Logger.Level.INFO,
        "waiting for ''asterism recover'' on port {0}",
        String.valueOf(server.port()));
    return server;
  }

  private static void offer(String from, UnlockKeys keys, CompletableFuture<UnlockKeys> found) {
    if (found.complete(keys)) {
      LOG.log(System.Logger.Level.INFO, "the disk''s key came from {0}", from);
    } else {
      keys.close();
    }
  }
}
