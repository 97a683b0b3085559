package dev.asterism.testing.fuzz;

import dev.asterism.wire.Bytes;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What every parser meets sooner or later, made from an input that it reads. The same each time.
 */
final class BrokenInputs {
  /** Positions of one seed that each kind of damage is done at. */
  private static final int POSITIONS = 256;

  private static final int RANDOM = 500;
  private static final byte[] OCTETS = {0, 1, 0x7f, (byte) 0x80, (byte) 0xff, '"', '\n'};

  private BrokenInputs() {}

  /** Cut, with bombs for lengths, with other octets, with the canary, and with several changes. */
  static void of(Bytes seed, Consumer<Bytes> sink) {
    truncations(seed, sink);
    lengthBombs(seed, sink);
    otherOctets(seed, sink);
    canaries(seed, sink);
    randomChanges(seed, sink);
  }

  private static void truncations(Bytes seed, Consumer<Bytes> sink) {
    positions(seed).forEach(length -> sink.accept(seed.slice(0, length)));
    sink.accept(Bytes.concat(seed, Bytes.zeros(1)));
    sink.accept(Bytes.concat(seed, seed));
  }

  /** Counts and lengths of one to eight bytes, as large as they get: signed and unsigned. */
  private static void lengthBombs(Bytes seed, Consumer<Bytes> sink) {
    for (int width : new int[] {2, 4, 8}) {
      for (int top : new int[] {0x7f, 0xff}) {
        positions(seed)
            .filter(at -> at + width <= seed.length())
            .forEach(at -> sink.accept(bomb(seed, at, width, top)));
      }
    }
  }

  private static Bytes bomb(Bytes seed, int at, int width, int top) {
    byte[] changed = seed.toArray();
    for (int i = 0; i < width; i++) {
      changed[at + i] = (byte) 0xff;
    }
    changed[at] = (byte) top;
    return Bytes.of(changed);
  }

  private static void otherOctets(Bytes seed, Consumer<Bytes> sink) {
    positions(seed)
        .forEach(at -> {
          byte[] changed = seed.toArray();
          changed[at] = OCTETS[at % OCTETS.length];
          sink.accept(Bytes.of(changed));
          changed[at] = (byte) (seed.at(at) ^ 1 << at % 8);
          sink.accept(Bytes.of(changed));
        });
  }

  private static void canaries(Bytes seed, Consumer<Bytes> sink) {
    for (Bytes canary : new Bytes[] {Bytes.ofUtf8(Canary.TEXT), Canary.BYTES}) {
      positions(seed)
          .forEach(at -> {
            Bytes head = seed.slice(0, at);
            sink.accept(Bytes.concat(head, canary, seed.slice(at, seed.length())));
            int behind = Math.min(seed.length(), at + canary.length());
            sink.accept(Bytes.concat(head, canary, seed.slice(behind, seed.length())));
          });
    }
  }

  private static void randomChanges(Bytes seed, Consumer<Bytes> sink) {
    if (seed.isEmpty()) {
      return;
    }
    var random = new Random(seed.length());
    for (int i = 0; i < RANDOM; i++) {
      byte[] changed = seed.toArray();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      int from = random.nextInt(changed.length + 1);
      int to = random.nextInt(from, changed.length + 1);
      Bytes all = Bytes.of(changed);
      Bytes head = all.slice(0, to);
      Bytes tail = all.slice(from, all.length());
      // A part is there twice; or not at all; or as it was.
      sink.accept(
          switch (i % 4) {
            case 0 -> Bytes.concat(head, tail);
            case 1 -> Bytes.concat(all.slice(0, from), all.slice(to, all.length()));
            default -> all;
          });
    }
  }

  /** All positions of a short seed, some of a long one, the last ones always. */
  private static IntStream positions(Bytes seed) {
    int length = seed.length();
    int step = Math.max(1, length / POSITIONS);
    return IntStream.range(0, length).filter(i -> i % step == 0 || i > length - 16);
  }

  /** Deep, long and empty ones; no parser has a use for them. */
  static void bombs(Consumer<Bytes> sink) {
    sink.accept(Bytes.EMPTY);
    for (int length : new int[] {1, 64, 64 * 1024, 1024 * 1024}) {
      sink.accept(Bytes.zeros(length));
      sink.accept(Bytes.of(filled(length, 0xff)));
    }
    for (String unit :
        new String[] {
          "[",
          "{\"a\":",
          "[{\"a\":[",
          "(",
          "- ",
          "a: ",
          " a:\n",
          "''",
          "\"",
          "%",
          "=",
          "&",
          "a=&",
          "-----BEGIN A-----\n",
          "a.",
          "-",
          ".",
          ":",
          "[]",
          "9",
          "\0\1"
        }) {
      sink.accept(Bytes.ofUtf8(unit.repeat(100_000)));
    }
    for (byte tag : new byte[] {0x30, 0x31, (byte) 0xa0, 0x24}) {
      sink.accept(nested(tag));
      sink.accept(indefinite(tag));
    }
  }

  /** DER in DER in DER, each length right. */
  private static Bytes nested(byte tag) {
    int depth = 10_000;
    byte[] all = new byte[6 * depth];
    for (int i = 0; i < depth; i++) {
      int left = all.length - 6 * (i + 1);
      byte[] head = {
        tag, (byte) 0x84, (byte) (left >> 24), (byte) (left >> 16), (byte) (left >> 8), (byte) left
      };
      System.arraycopy(head, 0, all, 6 * i, head.length);
    }
    return Bytes.of(all);
  }

  /** BER that is never closed. */
  private static Bytes indefinite(byte tag) {
    byte[] all = filled(20_000, 0x80);
    for (int i = 0; i < all.length; i += 2) {
      all[i] = tag;
    }
    return Bytes.of(all);
  }

  private static byte[] filled(int length, int octet) {
    byte[] all = new byte[length];
    java.util.Arrays.fill(all, (byte) octet);
    return all;
  }
}
