package dev.asterism.sharing;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of one port. Where there is no place left for a new one, the connection that
 * has rested longest makes way: among those of the newcomer's own address if that has its share,
 * else among those of the address that has most. One that something is being done for stays.
 *
 * <p>So whoever fills the port with idle connections closes his own, and an honest peer behind the
 * same address gets through as long as it is quick.
 */
public final class Connections {
  private final ReentrantLock lock = new ReentrantLock();
  private final int limit;
  private final int perPeer;
  private final Listener listener;
  private final Map<String, Peer> peers = new HashMap<>();
  private int open;
  private int busy;
  private long events;

  /** Hears of connections that found no place, or lost theirs. */
  public interface Listener {
    /** A resting connection made way for a new one. */
    void evicted();

    /** No connection rests, neither of this peer nor, where it has no share, of any. */
    void refused();
  }

  /** What one peer has; never empty. */
  static final class Peer {
    private final String key;
    private final Set<Connection> all = new HashSet<>();

    /** Those that rest, the longest first. */
    private final SequencedSet<Connection> resting = new LinkedHashSet<>();

    private Peer(String key) {
      this.key = key;
    }

    private @Nullable Connection longestResting() {
      return resting.isEmpty() ? null : resting.getFirst();
    }
  }

  /**
   * @param limit open connections
   * @param perPeer of them, one peer's
   */
  public Connections(int limit, int perPeer, Listener listener) {
    if (limit < 1 || perPeer < 1) {
      throw new IllegalArgumentException("a limit is not positive");
    }
    this.limit = limit;
    this.perPeer = perPeer;
    this.listener = listener;
  }

  /**
   * Makes room for a connection.
   *
   * @param closer closes it; called without a lock, on any thread
   * @return empty: it has no place, and must be closed
   */
  public Optional<Connection> open(InetAddress address, Runnable closer) {
    Connection evicted;
    Connection opened = null;
    lock.lock();
    try {
      String key = PeerKey.of(address);
      evicted = makesWay(key);
      if (evicted != null) {
        forget(evicted);
      }
      if (open < limit && share(key) < perPeer) {
        Peer peer = peers.computeIfAbsent(key, Peer::new);
        opened = new Connection(this, peer, address, closer);
        peer.all.add(opened);
        open++;
        rest(opened);
      }
    } finally {
      lock.unlock();
    }
    if (evicted != null) {
      listener.evicted();
      evicted.closer.run();
    }
    if (opened == null) {
      listener.refused();
    }
    return Optional.ofNullable(opened);
  }

  private int share(String key) {
    Peer peer = peers.get(key);
    return peer == null ? 0 : peer.all.size();
  }

  private @Nullable Connection makesWay(String key) {
    Peer own = peers.get(key);
    if (own != null && own.all.size() >= perPeer) {
      return own.longestResting();
    }
    return open < limit ? null : ofTheGreediest();
  }

  private @Nullable Connection ofTheGreediest() {
    Connection found = null;
    for (Peer peer : peers.values()) {
      Connection longest = peer.longestResting();
      if (longest != null && (found == null || goesBefore(longest, found))) {
        found = longest;
      }
    }
    return found;
  }

  private static boolean goesBefore(Connection one, Connection other) {
    int difference = one.peer.all.size() - other.peer.all.size();
    return difference > 0 || (difference == 0 && one.since < other.since);
  }

  private void rest(Connection connection) {
    connection.since = ++events;
    connection.peer.resting.add(connection);
  }

  private void forget(Connection connection) {
    Peer peer = connection.peer;
    connection.gone = true;
    peer.all.remove(connection);
    peer.resting.remove(connection);
    open--;
    if (connection.works > 0) {
      busy--;
    }
    if (peer.all.isEmpty()) {
      peers.remove(peer.key);
    }
  }

  void beginWork(Connection connection) {
    lock.lock();
    try {
      if (connection.works++ == 0 && !connection.gone) {
        connection.peer.resting.remove(connection);
        busy++;
      }
    } finally {
      lock.unlock();
    }
  }

  void endWork(Connection connection) {
    lock.lock();
    try {
      if (--connection.works == 0 && !connection.gone) {
        busy--;
        rest(connection);
      }
    } finally {
      lock.unlock();
    }
  }

  boolean busy(Connection connection) {
    lock.lock();
    try {
      return connection.works > 0;
    } finally {
      lock.unlock();
    }
  }

  void establish(Connection connection) {
    lock.lock();
    try {
      connection.established = true;
    } finally {
      lock.unlock();
    }
  }

  boolean established(Connection connection) {
    lock.lock();
    try {
      return connection.established;
    } finally {
      lock.unlock();
    }
  }

  void closed(Connection connection) {
    lock.lock();
    try {
      if (!connection.gone) {
        forget(connection);
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many are open. */
  public int open() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Whether something is being done for any. */
  public boolean busy() {
    lock.lock();
    try {
      return busy > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Closes those that did not get as far as requests. */
  public void closeUnestablished() {
    close(connection -> !connection.established);
  }

  /** Closes those that nothing is being done for. */
  public void closeResting() {
    close(connection -> connection.works == 0);
  }

  private void close(Predicate<Connection> condition) {
    List<Connection> closing;
    lock.lock();
    try {
      closing = peers.values().stream().flatMap(p -> p.all.stream()).filter(condition).toList();
      closing.forEach(this::forget);
    } finally {
      lock.unlock();
    }
    closing.forEach(connection -> connection.closer.run());
  }
}
