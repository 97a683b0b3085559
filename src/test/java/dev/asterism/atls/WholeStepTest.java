package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.Verdicts;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WholeStepTest {
  private final AtomicInteger ends = new AtomicInteger();

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void endsWhenTheLastOfItsThreadsDoes() {
    var goOn = new CountDownLatch(1);
    var handedOn = new CountDownLatch(1);
    var outer = new CountDownLatch(1);

    WholeStep.run(
        () ->
            WholeStep.start(
                "outer",
                () -> {
                  WholeStep.start("inner", () -> await(goOn));
                  handedOn.countDown();
                  await(outer);
                }),
        ends::incrementAndGet);

    await(handedOn);
    assertEquals(0, ends.get(), "two threads are at it");
    goOn.countDown();
    outer.countDown();
    Verdicts.await("it ends", () -> ends.get() == 1);
  }

  @Test
  void endsWhereItFails() {
    assertThrows(
        IllegalStateException.class,
        () ->
            WholeStep.run(
                () -> {
                  throw new IllegalStateException();
                },
                ends::incrementAndGet));

    assertEquals(1, ends.get());
  }

  @Test
  void aThreadOfNoStepRunsToo() {
    var ran = new CountDownLatch(1);
    WholeStep.start("alone", ran::countDown);
    await(ran);
  }
}
