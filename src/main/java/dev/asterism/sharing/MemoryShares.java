package dev.asterism.sharing;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one port have sent that this process has to keep, in bytes. Where all is
 * taken, a connection of the peer that has most makes way: its largest that nothing is being done
 * for, and the one that came first among equals.
 *
 * <p>So a few strangers with large certificates and all the time in the world take no memory from
 * those who come later, and a port never keeps more than its limit.
 */
public final class MemoryShares {
  private final ReentrantLock lock = new ReentrantLock();

  /** One part in so many may be one peer's at work, or one connection's alone. */
  private static final int AT_WORK = 4;

  private final long limit;
  private final Runnable evicted;

  /** Those that have bytes, the longest first. */
  private final SequencedSet<Share> holders = new LinkedHashSet<>();

  private long taken;

  /**
   * @param limit of all connections together
   * @param evicted told of each connection that made way, or found no place
   */
  public MemoryShares(long limit, Runnable evicted) {
    if (limit < 1) {
      throw new IllegalArgumentException("a limit is not positive");
    }
    this.limit = limit;
    this.evicted = evicted;
  }

  /** The share of a connection: nothing yet. */
  public Share of(Connection connection) {
    return new Share(connection);
  }

  /** How many bytes are kept. */
  public long taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Share makesWay() {
    Map<String, Long> byPeer = new HashMap<>();
    for (Share holder : holders) {
      byPeer.merge(holder.peer, holder.bytes, Long::sum);
    }
    Share found = null;
    for (Share holder : holders) {
      if (!holder.connection.busy() && (found == null || goesBefore(holder, found, byPeer))) {
        found = holder;
      }
    }
    return found;
  }

  /** Of two that are alike, the one that came first. */
  private static boolean goesBefore(Share one, Share first, Map<String, Long> byPeer) {
    int difference =
        Long.compare(byPeer.getOrDefault(one.peer, 0L), byPeer.getOrDefault(first.peer, 0L));
    return difference > 0 || (difference == 0 && one.bytes > first.bytes);
  }

  private void forget(Share share) {
    if (holders.remove(share)) {
      taken -= share.bytes;
    }
    share.gone = true;
  }

  /** One connection's; its fields are guarded by the lock. */
  public final class Share {
    private final Connection connection;
    private final String peer;
    private long bytes;
    private boolean gone;

    private Share(Connection connection) {
      this.connection = connection;
      this.peer = PeerKey.of(connection.address());
    }

    /**
     * So many bytes more are to be kept; others are closed to make room for them.
     *
     * @return false: there is no room, and this connection is to be closed
     */
    public boolean grow(int more) {
      var closing = new LinkedHashSet<Share>();
      boolean fits;
      lock.lock();
      try {
        if (!gone) {
          bytes += more;
          taken += more;
          holders.add(this);
        }
        if (!gone && isTooMuchAtWork()) {
          forget(this);
          closing.add(this);
        }
        while (taken > limit && !gone) {
          Share next = makesWay();
          if (next == null) {
            next = this;
          }
          forget(next);
          closing.add(next);
        }
        fits = !gone;
      } finally {
        lock.unlock();
      }
      for (Share share : closing) {
        evicted.run();
        share.connection.closer.run();
      }
      return fits;
    }

    /** What is being worked at makes way for nobody: so one peer may not have all of it. */
    private boolean isTooMuchAtWork() {
      if (taken <= limit / AT_WORK) {
        return false;
      }
      long others = 0;
      for (Share holder : holders) {
        if (holder != this && holder.peer.equals(peer) && holder.connection.busy()) {
          others += holder.bytes;
        }
      }
      return others > 0 && others + bytes > limit / AT_WORK;
    }

    /** Gives all back; any number of times. */
    public void close() {
      lock.lock();
      try {
        forget(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
