package dev.asterism.testing;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.Random;

/** Changes well-formed bytes at random: a parser may accept or refuse, and do nothing else. */
public final class Garbler {
  /** Fewer where a test is run a thousand times: ./build mutants. */
  private static final int ROUNDS = Integer.getInteger("garbler.rounds", 5000);

  private static final int[] TELLING = {0x00, 0x01, 0x7f, 0x80, 0xff};

  private Garbler() {}

  /** Any exception but {@link MalformedException} goes through to the test. */
  public static void assertHarmless(Truncation.Parser parser, Bytes sound) {
    Random random = new Random(7);
    for (int round = 0; round < ROUNDS; round++) {
      Bytes garbled = garble(sound, random);
      try {
        parser.parse(garbled);
      } catch (MalformedException e) {
        // As it should be.
      }
    }
  }

  /** A few bytes changed, cut out or doubled. */
  public static Bytes garble(Bytes sound, Random random) {
    byte[] bytes = sound.toArray();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          (byte)
              (random.nextBoolean() ? random.nextInt() : TELLING[random.nextInt(TELLING.length)]);
    }
    Bytes changed = Bytes.of(bytes);
    int from = random.nextInt(bytes.length);
    int to = from + random.nextInt(bytes.length - from);
    return switch (random.nextInt(6)) {
      case 0 -> Bytes.concat(changed.slice(0, from), changed.slice(to, bytes.length));
      case 1 -> Bytes.concat(changed.slice(0, to), changed.slice(from, bytes.length));
      default -> changed;
    };
  }
}
