package dev.asterism.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
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
  void neverEqualsSomethingElse() {
    assertNotEquals(Bytes.of(new byte[] {1}), (Object) "01");
    assertNotEquals(null, Bytes.of(new byte[] {1}));
  }

  @Test
  void showsItselfInHexAndBase64() throws MalformedException {
    Bytes bytes = Bytes.of(new byte[] {0, (byte) 0xff, 16, 1});
    assertEquals("00ff1001", bytes.toString());
    assertEquals("AP8QAQ==", bytes.base64());
    assertEquals(bytes, Bytes.ofBase64("x", "AP8QAQ=="));
    assertEquals(Bytes.EMPTY, Bytes.ofBase64("x", ""));
    assertEquals(bytes, Bytes.ofHex("x", "00Ff1001"));
    assertEquals(255, bytes.at(1));
    assertEquals(16, bytes.at(2));
    assertEquals(bytes.hashCode(), Bytes.of(bytes.toArray()).hashCode());
    assertNotEquals(bytes.hashCode(), Bytes.zeros(4).hashCode());
  }

  @Test
  void base64OfUrlsHasNoPadding() throws MalformedException {
    Bytes bytes = Bytes.of(new byte[] {-5, -1, -2, 1});
    assertEquals("-__-AQ", bytes.base64Url());
    assertEquals(bytes, Bytes.ofBase64Url("x", "-__-AQ"));
    assertThrows(MalformedException.class, () -> Bytes.ofBase64Url("x", "-__-AQ=="));
    assertThrows(MalformedException.class, () -> Bytes.ofBase64Url("x", "+//+AQ"));
  }

  @Test
  void knowsWhetherItIsEmpty() {
    assertTrue(Bytes.EMPTY.isEmpty());
    assertFalse(Bytes.zeros(1).isEmpty());
    assertSame(Bytes.EMPTY, Bytes.of(new byte[0]));
  }

  @Test
  void goesIntoDigestsAndOtherBytesWhole() throws Exception {
    Bytes bytes = Bytes.of(new byte[] {1, 2});
    var digest = MessageDigest.getInstance("SHA-256");
    bytes.updateTo(digest);
    assertArrayEquals(
        MessageDigest.getInstance("SHA-256").digest(new byte[] {1, 2}), digest.digest());
    assertEquals("010203", Bytes.concat(bytes, Bytes.of(new byte[] {3})).hex());
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
    var before = assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(-1, 2));
    assertEquals("slice -1..2 of 4", before.getMessage());
    assertEquals(bytes, bytes.slice(0, 4));
    assertEquals(Bytes.EMPTY, bytes.slice(2, 2));
    assertEquals(Bytes.EMPTY, bytes.slice(4, 4));
  }
}
