package dev.asterism.collateral;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How time passes. */
public interface Waiting {
  /** As it does. */
  Waiting REAL =
      new Waiting() {
        @Override
        public void pause(Duration time) throws InterruptedException {
          Thread.sleep(time);
        }

        @Override
        public <T> Optional<T> await(CompletableFuture<T> future, Duration longest)
            throws InterruptedException {
          try {
            return Optional.of(future.get(longest.toNanos(), TimeUnit.NANOSECONDS));
          } catch (TimeoutException e) {
            return Optional.empty();
          } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
          }
        }
      };

  void pause(Duration time) throws InterruptedException;

  /** The future's value; empty where it has none within that time. */
  <T> Optional<T> await(CompletableFuture<T> future, Duration longest) throws InterruptedException;
}
