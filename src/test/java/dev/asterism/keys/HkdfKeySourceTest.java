package dev.asterism.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.crypto.Hkdf;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HkdfKeySourceTest {
  private static final Secret MASTER =
      Secret.copyOf(Bytes.ofUtf8("a master secret of 30 bytes..."));
  private static final Bytes SALT = Bytes.ofUtf8("a salt of thirty-two bytes......");

  private final KeySource keys = new HkdfKeySource(MASTER, SALT);

  @Test
  void derivesWithTheIdBehindKey() throws KeyException {
    assertEquals(
        Hkdf.sha256(MASTER, SALT, Bytes.ofUtf8("key-some-id"), 32), keys.dataKey("some-id", 32));
  }

  @Test
  void givesTheSameKeyEachTimeAndAnotherForEachId() throws KeyException {
    assertEquals(keys.dataKey("a", 32), keys.dataKey("a", 32));
    assertNotEquals(keys.dataKey("a", 32), keys.dataKey("b", 32));
    assertNotEquals(
        keys.dataKey("a", 32), new HkdfKeySource(MASTER, Bytes.zeros(32)).dataKey("a", 32));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 96, 128})
  void givesAsManyBytesAsAskedFor(int length) throws KeyException {
    assertEquals(length, keys.dataKey("a", length).length());
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 129, Integer.MAX_VALUE})
  void refusesOtherLengths(int length) {
    assertInvalid("a", length);
  }

  @Test
  void refusesTheEmptyId() {
    assertInvalid("", 32);
  }

  private void assertInvalid(String id, int length) {
    var refusal = assertThrows(KeyException.class, () -> keys.dataKey(id, length));
    assertEquals(KeyException.Reason.INVALID, refusal.reason());
  }
}
