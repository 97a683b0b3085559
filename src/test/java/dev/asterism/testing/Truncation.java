package dev.asterism.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/** Cuts well-formed bytes at every place: a parser must refuse each prefix, and only so. */
public final class Truncation {
  private Truncation() {}

  /** A parser under test. */
  public interface Parser {
    void parse(Bytes bytes) throws MalformedException;
  }

  /** The whole passes; no prefix of it does, nor the whole and a byte more. */
  public static void assertOnlyTheWholePasses(Parser parser, Bytes whole)
      throws MalformedException {
    parser.parse(whole);
    for (int length = 0; length < whole.length(); length++) {
      Bytes prefix = whole.slice(0, length);
      assertThrows(
          MalformedException.class, () -> parser.parse(prefix), "the first " + length + " bytes");
    }
    Bytes longer = Bytes.concat(whole, Bytes.zeros(1));
    assertThrows(MalformedException.class, () -> parser.parse(longer), "one byte more");
  }
}
