package dev.asterism.testing.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The harness finds what it is for. */
class FuzzTargetTest {
  private static final Bytes INPUT = Bytes.ofUtf8("input");

  private static <T> FuzzTarget<T> target(FuzzTarget.Parser<T> parser) {
    return FuzzTarget.of("t", parser, () -> List.of(INPUT));
  }

  private static void assertFinding(FuzzTarget<?> target) {
    assertThrows(AssertionError.class, () -> target.feed(INPUT));
  }

  @Test
  void tellsWhatWasReadFromWhatWasRefused() {
    assertTrue(target(input -> input).feed(INPUT));
    assertFalse(refusingWith(new MalformedException("f", "no")).feed(INPUT));
  }

  @Test
  void findsExceptionsThatNobodyExpects() {
    assertFinding(target(input -> input.at(5)));
    assertFinding(refusingWith(new IOException("no")));
    assertFalse(refusingWith(new IOException("no")).refusing(IOException.class).feed(INPUT));
  }

  @Test
  void findsRefusalsThatSayNothing() {
    assertFinding(refusingWith(new IOException()).refusing(IOException.class));
  }

  @Test
  void findsRefusalsThatRepeatTheInput() {
    var repeats = new MalformedException("f", "is " + Canary.BYTES + ", not that");
    assertFinding(refusingWith(repeats));
    assertFinding(refusingWith(new IOException("bad", repeats)).refusing(IOException.class));
    assertFalse(refusingWith(repeats).quoting("a name").feed(INPUT));
  }

  @Test
  void findsWhatIsNotReadAsItWasWritten() {
    assertTrue(target(input -> input).writing(value -> value).feed(INPUT));
    assertFinding(target(input -> input).writing(value -> Bytes.concat(value, value)));
    assertFinding(
        target(
                input -> {
                  if (!input.equals(INPUT)) {
                    throw new MalformedException("f", "no");
                  }
                  return input;
                })
            .writing(value -> Bytes.EMPTY));
  }

  @Test
  void findsUnboundedMemory() {
    assertFinding(target(input -> new byte[100 * 1024 * 1024]));
    assertTrue(target(input -> new byte[100 * 1024 * 1024]).allocating(1L << 30).feed(INPUT));
    assertFinding(target(FuzzTargetTest::recurse));
  }

  @Test
  void breaksInputsAtEveryPosition() {
    var broken = new ArrayList<Bytes>();
    BrokenInputs.of(INPUT, broken::add);

    for (int length = 0; length < INPUT.length(); length++) {
      assertTrue(broken.contains(INPUT.slice(0, length)));
    }
    assertTrue(broken.stream().anyMatch(b -> b.hex().contains(Canary.TEXT)));
    assertTrue(broken.contains(Bytes.concat(Bytes.ofUtf8(Canary.TEXT), INPUT)));
  }

  private static FuzzTarget<Object> refusingWith(Exception refusal) {
    return target(input -> {
      throw refusal;
    });
  }

  private static int recurse(Bytes input) {
    return input.isEmpty() ? 0 : recurse(input) + 1;
  }
}
