package dev.asterism.atls;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A step of a handshake, with all threads that it is handed on to. Those outlive it where a peer
 * hangs up or time is over: what they do and hold is still done and held for that peer.
 */
public final class WholeStep {
  private static final ScopedValue<WholeStep> CURRENT = ScopedValue.newInstance();

  private final AtomicInteger threads = new AtomicInteger();
  private final Runnable ended;

  private WholeStep(Runnable ended) {
    this.ended = ended;
  }

  /**
   * Runs a step on this thread.
   *
   * @param ended runs once, on the last thread, when this one and all others are done with it
   */
  public static void run(Runnable step, Runnable ended) {
    var whole = new WholeStep(ended);
    whole.threads.incrementAndGet();
    whole.takePart(step);
  }

  /** Hands a part of this thread's step, if it has one, on to a virtual thread. */
  static void start(String name, Runnable part) {
    Thread.Builder thread = Thread.ofVirtual().name(name);
    if (!CURRENT.isBound()) {
      thread.start(part);
      return;
    }
    WholeStep whole = CURRENT.get();
    whole.threads.incrementAndGet();
    thread.start(() -> whole.takePart(part));
  }

  private void takePart(Runnable part) {
    try {
      ScopedValue.where(CURRENT, this).run(part);
    } finally {
      if (threads.decrementAndGet() == 0) {
        ended.run();
      }
    }
  }
}
