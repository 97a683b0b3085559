package dev.asterism.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ByteWriterTest {
  private static String hex(ByteWriter writer) {
    return writer.toBytes().hex();
  }

  @Test
  void writesIntegersInBothByteOrders() {
    assertEquals("01ff", hex(new ByteWriter().u8(1).u8(0xff)));
    assertEquals("0102fffe", hex(new ByteWriter().u16be(0x0102).u16be(0xfffe)));
    assertEquals("01020304ff000000", hex(new ByteWriter().u32be(0x01020304L).u32be(0xff000000L)));
    assertEquals("0102030405060708", hex(new ByteWriter().u64be(0x0102030405060708L)));
    assertEquals("0201feff", hex(new ByteWriter().u16le(0x0102).u16le(0xfffe)));
    assertEquals("04030201000000ff", hex(new ByteWriter().u32le(0x01020304L).u32le(0xff000000L)));
    assertEquals("0807060504030201", hex(new ByteWriter().u64le(0x0102030405060708L)));
  }

  @Test
  void writesBytesWithAndWithoutTheirLength() {
    Bytes two = Bytes.of(new byte[] {1, 2});
    assertEquals("01020304", hex(new ByteWriter().bytes(two).bytes(new byte[] {3, 4})));
    assertEquals("00020102ff", hex(new ByteWriter().sized16be(two).u8(0xff)));
    assertEquals("000000020102ff", hex(new ByteWriter().sized32be(two).u8(0xff)));
  }

  @Test
  void aLengthOfTwoBytesHasABound() {
    assertEquals(2 + 0xffff, new ByteWriter().sized16be(Bytes.zeros(0xffff)).toBytes().length());
    assertThrows(
        IllegalArgumentException.class, () -> new ByteWriter().sized16be(Bytes.zeros(0x10000)));
  }
}
