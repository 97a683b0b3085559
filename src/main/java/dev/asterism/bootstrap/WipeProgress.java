package dev.asterism.bootstrap;

import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;

/** Says how far a wipe is at each tenth: it is told so at each piece, of which a disk has many. */
final class WipeProgress implements DoubleConsumer {
  private static final int TENTHS = 10;

  private final IntConsumer percent;
  private int last = -1;

  WipeProgress(IntConsumer percent) {
    this.percent = percent;
  }

  @Override
  public void accept(double part) {
    int tenths = (int) (part * TENTHS);
    if (tenths != last) {
      last = tenths;
      percent.accept(tenths * TENTHS);
    }
  }
}
