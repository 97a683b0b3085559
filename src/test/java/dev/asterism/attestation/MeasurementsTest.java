package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasurementsTest {
  private static final String A = "ab".repeat(32);

  @Test
  void readsTheObjectFormAndTheLegacyStringAsEnforced() throws MalformedException {
    Measurements read =
        parse(
            "{\"4\":{\"expected\":\"%s\",\"warnOnly\":true},\"9\":{\"expected\":\"%s\"},\"11\":\"%s\"}"
                .formatted(A, A, A));
    assertTrue(read.byIndex().get(4).warnOnly());
    assertFalse(read.byIndex().get(9).warnOnly());
    assertFalse(read.byIndex().get(11).warnOnly());
    assertEquals(read, Measurements.parse(read.toJson(), 32, 24));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"24\":\"AA\"}",
        "{\"-1\":\"AA\"}",
        "{\"four\":\"AA\"}",
        "{\"4\":\"abcd\"}",
        "{\"4\":7}",
        "{\"4\":{\"warnOnly\":true}}",
        "{\"4\":{\"expected\":\"AA\",\"warnOnly\":\"no\"}}",
        "{\"4\":\"AA\",\"04\":\"AA\"}"
      })
  void refusesWhatWouldBeMisread(String json) {
    assertThrows(MalformedException.class, () -> parse(json.replace("AA", A)));
  }

  @Test
  void readsTheFirstRegisterAndTheLastAndSaysWhichThereAre() throws MalformedException {
    assertEquals(
        Set.of(0, 23), parse("{\"0\":\"%s\",\"23\":\"%s\"}".formatted(A, A)).byIndex().keySet());
    var e = assertThrows(MalformedException.class, () -> parse("{\"24\":\"%s\"}".formatted(A)));
    assertTrue(e.getMessage().contains("must be named 0 to 23"), e.getMessage());
  }

  @Test
  void aRegisterMatchesTheExpectedValueOnly() throws MalformedException {
    var expected = parse("{\"4\":\"%s\"}".formatted(A)).byIndex().get(4);
    assertTrue(expected.matches(Bytes.ofHex("expected", A)));
    assertFalse(expected.matches(Bytes.ofHex("other", "cd".repeat(32))));
  }

  @Test
  void enforcingReplacesAWarnOnlyValue() throws MalformedException {
    Measurements read = parse("{\"15\":{\"expected\":\"%s\",\"warnOnly\":true}}".formatted(A));
    var enforced = read.enforcing(15, Bytes.zeros(32)).byIndex().get(15);
    assertEquals(Bytes.zeros(32), enforced.expected());
    assertFalse(enforced.warnOnly());
  }

  @Test
  void aRegisterThatMustBeSetMayHoldAnythingButZero() throws MalformedException {
    Measurements read = parse("{\"15\":{\"expected\":\"%s\",\"warnOnly\":true}}".formatted(A));
    var set = read.requiringSet(15).byIndex().get(15);
    assertFalse(set.warnOnly());
    assertTrue(set.matches(Bytes.ofHex("any", A)));
    assertTrue(set.matches(Bytes.ofHex("any", "00".repeat(31) + "01")));
    assertFalse(set.matches(Bytes.zeros(32)));
    assertFalse(set.matches(Bytes.EMPTY));
    assertTrue(read.requiringSet(15).expected(15).isEmpty());
  }

  @Test
  void whoeverOnlyComparesValuesFindsThatNothingMatchesWhatMustBeSet() throws MalformedException {
    var set = parse("{}").requiringSet(15).byIndex().get(15);
    assertFalse(set.expected().equals(Bytes.zeros(32)));
    assertFalse(set.expected().equals(Bytes.ofHex("any", A)));
  }

  @Test
  void noConfigurationSaysThatARegisterMustBeSet() {
    assertThrows(MalformedException.class, () -> parse("{\"15\":\"\"}"));
  }

  private static Measurements parse(String json) throws MalformedException {
    return Measurements.parse(Json.object("measurements", json), 32, 24);
  }
}
