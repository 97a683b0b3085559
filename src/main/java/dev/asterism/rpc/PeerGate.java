package dev.asterism.rpc;

import dev.asterism.metrics.Refusals;
import dev.asterism.sharing.PeerKey;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** Decides which peer may have something that is scarce, such as a quote, before it is made. */
public final class PeerGate {
  /**
   * Of what there is for all, one part in so many is kept for peers that took little of late: those
   * who ask all the time may be more than there is enough for, and newcomers still get through.
   */
  private static final double KEPT = 4;

  private static final PeerLimits.Rate MODEST = new PeerLimits.Rate(1, 10);

  /** A peer that is forgotten starts with a full bucket; what all get together still holds. */
  static final int MAX_PEERS = 4096;

  private final ReentrantLock lock = new ReentrantLock();
  private final String what;
  private final Refusals refusals;
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

  /**
   * @param what in counters of refusals, such as {@code quotes}
   */
  public PeerGate(String what, PeerLimits limits, LongSupplier nanoTime, Refusals refusals) {
    this.what = what;
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.refusals = refusals;
    this.overall = new TokenBucket(limits.overall(), nanoTime.getAsLong());
  }

  /** Lets a peer have one and work be done for it, until the pass is closed; empty: not now. */
  public Optional<Pass> enter(InetAddress address) {
    lock.lock();
    try {
      Peer peer = peer(address);
      return hasPlace(peer) && takesToken(peer) ? Optional.of(new Pass(peer)) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Lets a peer have one; the work comes later, see {@link #work}. */
  boolean mayBegin(InetAddress address) {
    lock.lock();
    try {
      return takesToken(peer(address));
    } finally {
      lock.unlock();
    }
  }

  /** Lets work be done for a peer, until the pass is closed; empty: not now. */
  Optional<Pass> work(InetAddress address) {
    lock.lock();
    try {
      Peer peer = peer(address);
      return hasPlace(peer) ? Optional.of(new Pass(peer)) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private Peer peer(InetAddress address) {
    long now = nanoTime.getAsLong();
    return peers.computeIfAbsent(
        PeerKey.of(address),
        _ -> new Peer(new TokenBucket(limits.perPeer(), now), new TokenBucket(MODEST, now)));
  }

  // In each, the peer's own limit first, so that a greedy one takes nothing from the others.

  private boolean takesToken(Peer peer) {
    long now = nanoTime.getAsLong();
    if (!peer.bucket.has(now)) {
      refusals.peer(what + "-rate");
      return false;
    }
    boolean modest = peer.modest.has(now);
    double kept = modest ? 0 : limits.overall().burst() / KEPT;
    if (!overall.has(now) || !overall.hasBeyond(kept)) {
      refusals.any(what + "-rate");
      return false;
    }
    if (modest) {
      peer.modest.take();
    }
    peer.bucket.take();
    overall.take();
    return true;
  }

  private boolean hasPlace(Peer peer) {
    if (peer.waiting >= limits.waitingPerPeer()) {
      refusals.peer(what + "-waiting");
      return false;
    }
    if (waiting >= limits.waiting()) {
      refusals.any(what + "-waiting");
      return false;
    }
    return true;
  }

  int peers() {
    lock.lock();
    try {
      return peers.size();
    } finally {
      lock.unlock();
    }
  }

  private static final class Peer {
    private final TokenBucket bucket;

    /** Whoever keeps to this may have of what is kept. */
    private final TokenBucket modest;

    private int waiting;

    private Peer(TokenBucket bucket, TokenBucket modest) {
      this.bucket = bucket;
      this.modest = modest;
    }
  }

  /** The right to one, for as long as it is open. */
  public final class Pass implements AutoCloseable {
    private final Peer peer;
    private boolean closed;

    private Pass(Peer peer) {
      this.peer = peer;
      peer.waiting++;
      waiting++;
    }

    /** Counts once. */
    @Override
    public void close() {
      lock.lock();
      try {
        if (!closed) {
          closed = true;
          peer.waiting--;
          waiting--;
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
