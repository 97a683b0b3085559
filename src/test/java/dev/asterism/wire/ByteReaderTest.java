package dev.asterism.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ByteReaderTest {
  private static final Bytes INPUT = hex("0102030405060708ff");

  @Test
  void readsIntegersInBothByteOrders() throws MalformedException {
    assertEquals(0x0102, INPUT.reader("input").u16be("x"));
    assertEquals(0x01020304L, INPUT.reader("input").u32be("x"));
    assertEquals(0x0102030405060708L, INPUT.reader("input").u64be("x"));
    assertEquals(0x0201, INPUT.reader("input").u16le("x"));
    assertEquals(0x04030201L, INPUT.reader("input").u32le("x"));
    assertEquals(0x0807060504030201L, INPUT.reader("input").u64le("x"));
  }

  @Test
  void readsUnsignedValuesWithTheTopBitSet() throws MalformedException {
    assertEquals(0xff, hex("ff").reader("input").u8("x"));
    assertEquals(0xffffffffL, hex("ffffffff").reader("input").u32be("x"));
    assertEquals(0xffffL, hex("ffff").reader("input").u16le("x"));
  }

  @Test
  void refusesALengthBeyondTheEndBeforeItAllocates() {
    for (long length : new long[] {10, Integer.MAX_VALUE, 0xffffffffL, Long.MAX_VALUE, -1}) {
      var failure =
          assertThrows(MalformedException.class, () -> INPUT.reader("input").bytes("x", length));
      assertEquals("x", failure.field());
    }
  }

  @Test
  void narrowsToALengthAndContinuesBehindIt() throws MalformedException {
    ByteReader outer = INPUT.reader("input");
    ByteReader inner = outer.narrow("part", 2);
    assertEquals(0x0102, inner.u16be("x"));
    inner.end();
    assertThrows(MalformedException.class, () -> inner.u8("beyond the part"));
    assertEquals(3, outer.u8("next"));
  }

  @Test
  void refusesBytesThatNobodyRead() throws MalformedException {
    ByteReader reader = INPUT.reader("input");
    reader.bytes("x", 8);
    var failure = assertThrows(MalformedException.class, reader::end);
    assertTrue(failure.getMessage().contains("offset 8: 1 bytes after the end"));
  }

  @Test
  void neverRepeatsTheInputInAnError() {
    var failure =
        assertThrows(
            MalformedException.class, () -> hex("deadbeef").reader("input").bytes("x", 99));
    assertEquals(-1, failure.getMessage().indexOf("dead"));
  }

  @Test
  void refusesAReadAtEveryShorterLength() {
    for (int length = 0; length < 8; length++) {
      ByteReader reader = INPUT.slice(0, length).reader("input");
      assertThrows(MalformedException.class, () -> reader.u64be("x"));
    }
  }

  @Test
  void refusesALittleEndianReadAtEveryShorterLength() {
    for (int length = 0; length < 8; length++) {
      ByteReader reader = INPUT.slice(0, length).reader("input");
      assertThrows(MalformedException.class, () -> reader.u64le("x"));
    }
  }

  @Test
  void narrowsToNoMoreThanThereIs() throws MalformedException {
    assertEquals(9, INPUT.reader("input").narrow("all", 9).remaining());
    for (long length : new long[] {10, 0xffffffffL, -1}) {
      assertThrows(MalformedException.class, () -> INPUT.reader("input").narrow("part", length));
    }
  }

  @Test
  void readsNothingAndAllAndWhatIsLeft() throws MalformedException {
    ByteReader reader = ByteReader.of("input", INPUT.toArray());
    assertEquals(Bytes.EMPTY, reader.bytes("nothing", 0));
    assertEquals(1, reader.u8("x"));
    assertEquals(2, reader.u8("x"));
    assertEquals(2, reader.position());
    assertEquals(INPUT.slice(2, 9), reader.rest("rest"));
    assertEquals(9, reader.position());
    assertEquals(INPUT.slice(1, 9), reader.since(1));
    reader.end();
    assertEquals(INPUT, INPUT.reader("input").bytes("all", 9));
  }

  @Test
  void looksAtTheNextByteWithoutReadingIt() throws MalformedException {
    ByteReader reader = hex("fe01").reader("input");
    assertEquals(0xfe, reader.peek());
    assertEquals(0xfe, reader.u8("x"));
    assertEquals(1, reader.peek());
    assertEquals(1, reader.u8("x"));
    assertEquals(-1, reader.peek());
  }

  private static Bytes hex(String hex) {
    try {
      return Bytes.ofHex("test", hex);
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
