package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TryLimitTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Close to the overflow, which nanoTime may cross. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);

  private final TryLimit limit = new TryLimit(3, Duration.ofSeconds(10), now::get);

  @Test
  void givesTheBurstAtOnceAndThenOnePerInterval() {
    assertTrue(limit.take("a"));
    assertTrue(limit.take("a"));
    assertTrue(limit.take("a"));
    assertFalse(limit.take("a"));
    now.addAndGet(9 * SECOND);
    assertFalse(limit.take("a"));
    now.addAndGet(SECOND);
    assertTrue(limit.take("a"));
    assertFalse(limit.take("a"));
  }

  @Test
  void doesNotSaveUpMoreThanTheBurst() {
    limit.take("a");
    now.addAndGet(3600 * SECOND);

    assertTrue(limit.take("a"));
    assertTrue(limit.take("a"));
    assertTrue(limit.take("a"));
    assertFalse(limit.take("a"));
  }

  @Test
  void oneAddressDoesNotUseUpAnothersTries() {
    exhaust("a");

    assertTrue(limit.take("b"));
  }

  @Test
  void whatWasRightIsGivenBack() {
    for (int i = 0; i < 10; i++) {
      assertTrue(limit.take("a"));
      limit.giveBack("a");
    }
  }

  @Test
  void aFloodOfAddressesIsForgottenOldestFirst() {
    exhaust("early");
    for (int i = 0; i < 4096; i++) {
      limit.take("flood" + i);
    }

    assertTrue(limit.take("early"));
    assertTrue(limit.take("flood4095"));
    assertTrue(limit.take("flood4095"));
    assertFalse(limit.take("flood4095"));
  }

  private void exhaust(String address) {
    boolean left = true;
    while (left) {
      left = limit.take(address);
    }
  }
}
