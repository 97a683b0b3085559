package dev.asterism.bootstrap;

import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Secret;
import dev.asterism.node.Metadata;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.Peers;
import io.grpc.Status;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Whether a caller knows the init secret, whose bcrypt hash the instance's metadata has. */
final class InitSecretCheck {
  private final Metadata metadata;
  private final TryLimit limit;

  /** bcrypt is slow on purpose: strangers get one core at most. */
  private final ReentrantLock oneAtATime = new ReentrantLock(true);

  InitSecretCheck(Metadata metadata, TryLimit limit) {
    this.metadata = metadata;
    this.limit = limit;
  }

  /**
   * @param peer {@code host:port}
   * @throws CallException if the caller may not init this node; the message may be told
   */
  void require(String peer, Secret secret) throws CallException {
    String key = Peers.key(peer);
    if (!limit.take(key)) {
      throw new CallException(
          Status.Code.RESOURCE_EXHAUSTED, "too many wrong init secrets, wait and try again");
    }
    if (!matches(hash(), secret)) {
      throw new CallException(
          Status.Code.PERMISSION_DENIED, "the init secret is not this instance's");
    }
    limit.giveBack(key);
  }

  private boolean matches(String hash, Secret secret) {
    oneAtATime.lock();
    try {
      return Bcrypt.matches(hash, secret);
    } finally {
      oneAtATime.unlock();
    }
  }

  private String hash() throws CallException {
    try {
      Optional<String> hash = metadata.initSecretHash();
      return hash.orElseThrow(() ->
          new CallException(
              Status.Code.FAILED_PRECONDITION,
              "nobody may init this node: its metadata has no init secret hash"));
    } catch (IOException e) {
      throw new CallException(
          Status.Code.INTERNAL, "the instance's metadata cannot be read: see the node's log", e);
    }
  }
}
