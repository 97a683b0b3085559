package dev.asterism.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void copiesOnTheWayInAndOut() {
    byte[] array = {1, 2, 3};
    Bytes bytes = Bytes.of(array);
    array[0] = 9;
    bytes.toArray()[1] = 9;
    assertEquals("010203", bytes.hex());
  }

  @Test
  void neverEqualsAPrefixOrAZeroPaddedCopy() {
    Bytes bytes = Bytes.of(new byte[] {1, 2});
    assertNotEquals(bytes, Bytes.of(new byte[] {1, 2, 0}));
    assertNotEquals(bytes, Bytes.of(new byte[] {1}));
    assertNotEquals(Bytes.EMPTY, Bytes.zeros(1));
    assertEquals(bytes, Bytes.of(new byte[] {1, 2}));
  }

  @Test
  void knowsWhetherAllBytesAreZero() {
    assertTrue(Bytes.zeros(32).isAllZero());
    assertFalse(Bytes.of(new byte[] {0, 0, 1}).isAllZero());
  }

  @Test
  void refusesTextThatIsNotHexOrBase64() {
    assertThrows(MalformedException.class, () -> Bytes.ofHex("x", "0g"));
    assertThrows(MalformedException.class, () -> Bytes.ofHex("x", "abc"));
    assertThrows(MalformedException.class, () -> Bytes.ofBase64("x", "a"));
    assertThrows(MalformedException.class, () -> Bytes.ofBase64("x", "YQ"));
    assertThrows(MalformedException.class, () -> Bytes.ofBase64("x", "_w=="));
  }

  @Test
  void refusesASliceOutsideItself() {
    Bytes bytes = Bytes.zeros(4);
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(2, 5));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(3, 2));
  }
}
