package dev.asterism.testing.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fuzz target on good inputs, on broken ones, and on all that ever broke it. */
class FuzzRegressionTest {
  static List<FuzzTarget<?>> targets() {
    return FuzzTargets.all();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void readsItsSeeds(FuzzTarget<?> target) {
    List<Bytes> seeds = target.seeds();

    assertFalse(seeds.isEmpty());
    for (Bytes seed : seeds) {
      assertTrue(target.feed(seed), () -> target + " refuses its seed " + seed.base64());
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void readsOrRefusesBrokenSeeds(FuzzTarget<?> target) {
    var refused = new AtomicInteger();
    for (Bytes seed : target.seeds()) {
      BrokenInputs.of(
          seed,
          input -> {
            if (!feed(target, input)) {
              refused.incrementAndGet();
            }
          });
    }
    assertTrue(refused.get() > 0, "the damage reaches the parser");
  }

  @ParameterizedTest
  @MethodSource("targets")
  void readsOrRefusesBombs(FuzzTarget<?> target) {
    BrokenInputs.bombs(input -> feed(target, input));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void readsOrRefusesWhatIsKept(FuzzTarget<?> target) {
    KeptInputs.of(target.name()).values().forEach(input -> feed(target, input));
  }

  @Test
  void keepsInputsOfItsTargetsAlone() {
    assertEquals(
        List.of(),
        KeptInputs.targets().stream()
            .filter(name -> targets().stream().noneMatch(t -> t.name().equals(name)))
            .toList());
  }

  @Test
  void givesEveryTargetANameOfItsOwn() {
    var names = new HashSet<String>();
    targets().forEach(target -> assertTrue(names.add(target.name()), target.name()));
  }

  private static boolean feed(FuzzTarget<?> target, Bytes input) {
    try {
      return target.feed(input);
    } catch (AssertionError e) {
      String hex = input.hex();
      throw new AssertionError(
          e.getMessage() + "; the input: " + hex.substring(0, Math.min(4096, hex.length())), e);
    }
  }
}
