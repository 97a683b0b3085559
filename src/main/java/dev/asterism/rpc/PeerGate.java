package dev.asterism.rpc;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** Decides which peer may have something that is scarce, such as a quote, before it is made. */
public final class PeerGate {
  /** A peer that is forgotten starts with a full bucket; what all get together still holds. */
  static final int MAX_PEERS = 4096;

  /** Of an IPv6 address: what a single customer usually has all of. */
  private static final int NETWORK_BYTES = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final PeerLimits limits;
  private final LongSupplier nanoTime;
  private final TokenBucket overall;
  private final Map<String, Peer> peers =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Peer> eldest) {
          return size() > MAX_PEERS;
        }
      };
  private int waiting;

  public PeerGate(PeerLimits limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.overall = new TokenBucket(limits.overall(), nanoTime.getAsLong());
  }

  /** Lets a peer in, until the pass is closed; empty: not now. */
  public Optional<Pass> enter(InetAddress address) {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      Peer peer =
          peers.computeIfAbsent(
              key(address), k -> new Peer(new TokenBucket(limits.perPeer(), now)));
      // The peer's own limits first, so that a greedy one takes nothing from the others.
      if (peer.waiting >= limits.waitingPerPeer()
          || !peer.bucket.has(now)
          || waiting >= limits.waiting()
          || !overall.has(now)) {
        return Optional.empty();
      }
      peer.bucket.take();
      overall.take();
      peer.waiting++;
      waiting++;
      return Optional.of(new Pass(peer));
    } finally {
      lock.unlock();
    }
  }

  int peers() {
    lock.lock();
    try {
      return peers.size();
    } finally {
      lock.unlock();
    }
  }

  private static String key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of()
        .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
  }

  private static final class Peer {
    private final TokenBucket bucket;
    private int waiting;

    private Peer(TokenBucket bucket) {
      this.bucket = bucket;
    }
  }

  /** The right to one, for as long as it is open. */
  public final class Pass implements AutoCloseable {
    private final Peer peer;

    private Pass(Peer peer) {
      this.peer = peer;
    }

    /** Once. */
    @Override
    public void close() {
      lock.lock();
      try {
        peer.waiting--;
        waiting--;
      } finally {
        lock.unlock();
      }
    }
  }
}
