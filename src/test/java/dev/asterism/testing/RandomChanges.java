package dev.asterism.testing;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/** Input that is almost right: cut, with bytes changed, dropped or doubled. The same every time. */
public final class RandomChanges {
  private static final int ROUNDS = 400;

  private RandomChanges() {}

  /** What is done with one of them. */
  @FunctionalInterface
  public interface Trial {
    void on(byte[] changed) throws IOException;
  }

  /** Tries every truncation of short input, and many random changes. */
  public static void of(byte[] whole, Trial trial) throws IOException {
    for (int length = 0; length < Math.min(whole.length, ROUNDS); length++) {
      trial.on(Arrays.copyOf(whole, length));
    }
    var random = new Random(20250101);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] changed = whole.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        changed = change(changed, random);
      }
      trial.on(changed);
    }
  }

  private static byte[] change(byte[] input, Random random) {
    if (input.length == 0) {
      return input;
    }
    int at = random.nextInt(input.length);
    byte[] changed = input.clone();
    switch (random.nextInt(4)) {
      case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[at] = (byte) "\"{}[],:0\\".charAt(random.nextInt(9));
      case 2 -> changed = Arrays.copyOf(input, at);
      default -> {
        changed = new byte[input.length + 1];
        System.arraycopy(input, 0, changed, 0, at);
        System.arraycopy(input, at, changed, at + 1, input.length - at);
        changed[at] = input[random.nextInt(input.length)];
      }
    }
    return changed;
  }
}
