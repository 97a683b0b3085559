package dev.asterism.atls;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Bounds one step of a handshake: devices and collateral services may hang. What does not end when
 * it is interrupted still counts as under way, so that no stranger can pile it up.
 */
final class TimeLimit {
  /** For one verification, and for one quote (wire contract, section 3). */
  static final Duration DEFAULT = Duration.ofSeconds(30);

  private final Duration limit;
  private final Semaphore places;

  /**
   * @param underWay how many steps there may be at a time
   */
  TimeLimit(Duration limit, int underWay) {
    this.limit = limit;
    this.places = new Semaphore(underWay);
  }

  /**
   * Runs {@code step} on a thread of its own, and interrupts it when its time is over.
   *
   * @param what names the step in errors
   * @throws HandshakeException if it takes too long or fails, or too many are under way
   */
  <T> T run(String what, Callable<T> step) {
    var task = new FutureTask<>(step);
    if (!places.tryAcquire()) {
      throw new HandshakeException("too many of this are under way: " + what);
    }
    WholeStep.start(
        "atls " + what,
        () -> {
          try {
            task.run();
          } finally {
            places.release();
          }
        });
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new HandshakeException(what + " took longer than " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new HandshakeException(what + " failed: " + cause.getMessage(), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HandshakeException(what + " was interrupted", e);
    } finally {
      task.cancel(true);
    }
  }
}
