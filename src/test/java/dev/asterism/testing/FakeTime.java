package dev.asterism.testing;

import dev.asterism.collateral.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Time that passes only where somebody waits for it: a pause moves the clock; who waits for an
 * answer that is stuck, as {@link #stuck} says, has waited in vain at once.
 */
public final class FakeTime implements InstantSource, Waiting {
  private final TestClock clock;
  private volatile CountDownLatch stuck = new CountDownLatch(1);

  public FakeTime(Instant start) {
    clock = new TestClock(start);
  }

  @Override
  public Instant instant() {
    return clock.instant();
  }

  public void advance(Duration by) {
    clock.advance(by);
  }

  /** From now on nobody who waits gets an answer in time. */
  public void stuck() {
    stuck.countDown();
  }

  public void flowing() {
    stuck = new CountDownLatch(1);
  }

  @Override
  public void pause(Duration time) {
    clock.advance(time);
  }

  @Override
  public <T> Optional<T> await(CompletableFuture<T> future, Duration longest)
      throws InterruptedException {
    Instant end = Instant.now().plusSeconds(20);
    while (Instant.now().isBefore(end)) {
      try {
        return Optional.of(future.get(2, TimeUnit.MILLISECONDS));
      } catch (ExecutionException e) {
        throw new AssertionError(e);
      } catch (TimeoutException e) {
        if (stuck.getCount() == 0) {
          return Optional.empty();
        }
      }
    }
    throw new AssertionError("no answer, and nobody said that it is stuck");
  }
}
