package dev.asterism.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ends work that ends by itself, when SIGTERM or SIGINT comes first. */
final class Stopping {
  /** Less than service managers wait before they kill. */
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** What an interrupted thread may take to unwind. */
  private static final Duration UNWINDING = Duration.ofSeconds(35);

  private Stopping() {}

  /**
   * Runs {@code work}. A signal interrupts it at once, or, while it is busy, when {@link #GRACE} is
   * over; in the end the process waits until it has unwound.
   *
   * @param busy whether it is at something that should not be broken off
   * @return what {@code work} says
   */
  static int run(Callable<Integer> work, BooleanSupplier busy) throws Exception {
    Thread worker = Thread.currentThread();
    var ended = new CountDownLatch(1);
    var hook = new Thread(() -> stop(worker, ended, busy), "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.call();
    } catch (InterruptedException e) {
      // Nobody else interrupts it: this process is ending.
      return ExitCode.SUCCESS;
    } finally {
      ended.countDown();
    }
  }

  private static void stop(Thread worker, CountDownLatch ended, BooleanSupplier busy) {
    try {
      if (busy.getAsBoolean() && ended.await(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
      worker.interrupt();
      var _ = ended.await(UNWINDING.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
