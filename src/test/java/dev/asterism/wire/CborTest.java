package dev.asterism.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples are those of RFC 8949, appendix A. */
class CborTest {
  @ParameterizedTest
  @CsvSource({
    "00, 0",
    "17, 23",
    "1818, 24",
    "18ff, 255",
    "190100, 256",
    "1a00010000, 65536",
    "1b000000e8d4a51000, 1000000000000",
    "1b7fffffffffffffff, 9223372036854775807",
    "20, -1",
    "3903e7, -1000",
    "3b7fffffffffffffff, -9223372036854775808",
  })
  void readsIntegers(String hex, long value) throws Exception {
    assertEquals(new Cbor.Int(value), parse(hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "17",
        "1818",
        "18ff",
        "190100",
        "19ffff",
        "1a00010000",
        "1affffffff",
        "1b0000000100000000",
        "1b7fffffffffffffff",
        "20",
        "3903e7",
        "3b7fffffffffffffff",
        "4401020304",
        "62c3bc",
        "820102",
        "a2616101616282f4f5",
        "d24101",
        "f6",
        "80",
        "a0",
        "40",
      })
  void writesWhatItReads(String hex) throws Exception {
    assertEquals(hex, parse(hex).encode().hex());
  }

  @Test
  void readsOneItemAndLeavesWhatFollows() throws Exception {
    ByteReader in = Bytes.ofHex("x", "820102ffff").reader("x");
    assertEquals(new Cbor.Items(List.of(new Cbor.Int(1), new Cbor.Int(2))), Cbor.read("x", in));
    assertEquals(2, in.remaining());
  }

  @Test
  void readsStringsListsMapsAndTags() throws Exception {
    assertEquals(new Cbor.ByteString(Bytes.ofHex("x", "01020304")), parse("4401020304"));
    assertEquals(new Cbor.Text("\u00fc"), parse("62c3bc"));
    assertEquals(new Cbor.Items(List.of(new Cbor.Int(1), new Cbor.Int(2))), parse("820102"));
    assertEquals(new Cbor.Items(List.of(new Cbor.Int(1), new Cbor.Int(2))), parse("9f0102ff"));
    var entries = new LinkedHashMap<Cbor, Cbor>();
    entries.put(new Cbor.Text("a"), new Cbor.Int(1));
    assertEquals(new Cbor.Entries(entries), parse("a1616101"));
    assertEquals(new Cbor.Entries(entries), parse("bf616101ff"));
    assertEquals(new Cbor.Tagged(18, new Cbor.Null()), parse("d2f6"));
    assertEquals(new Cbor.Bool(true), parse("f5"));
    assertEquals(new Cbor.Bool(false), parse("f4"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "0000", // two items
        "1817", // 23 in two bytes
        "1900ff", // 255 in three
        "1a0000ffff", // 65535 in five
        "1b00000000ffffffff", // 2^32 - 1 in nine
        "1b8000000000000000", // 2^63
        "4401", // shorter than it says
        "5a7fffffff00", // much shorter
        "5f4101ff", // in pieces
        "61ff", // not UTF-8
        "8201", // a list without its end
        "9f01", // the same, of indefinite length
        "a10102ff", // a map with something behind it
        "a201020103", // a key twice
        "a101", // a key without a value
        "bf01ff", // the same, of indefinite length
        "f7", // undefined
        "f93c00", // a float
        "ff", // an end of nothing
        "1c", // no length
        "1c00000000000000000000000000000001", // 1 in seventeen bytes
        "81ff", // a list that ends before it is full
        "a1ff", // the same, a map
        "fb3ff199999999999a", // a float
      })
  void refuses(String hex) {
    assertThrows(MalformedException.class, () -> parse(hex));
  }

  @Test
  void nestsAsDeepAsItSaysAndNoDeeper() throws Exception {
    parse("81".repeat(Cbor.MAX_DEPTH) + "00");
    assertThrows(MalformedException.class, () -> parse("81".repeat(Cbor.MAX_DEPTH + 1) + "00"));
    assertThrows(MalformedException.class, () -> parse("d2".repeat(100_000) + "00"));
    // A map in the value, and one in the key.
    parse("a100".repeat(Cbor.MAX_DEPTH) + "00");
    assertThrows(MalformedException.class, () -> parse("a100".repeat(Cbor.MAX_DEPTH + 1) + "00"));
    parse("a1".repeat(Cbor.MAX_DEPTH) + "00".repeat(Cbor.MAX_DEPTH + 1));
    assertThrows(
        MalformedException.class,
        () -> parse("a1".repeat(Cbor.MAX_DEPTH + 1) + "00".repeat(Cbor.MAX_DEPTH + 2)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 23, 24, 255, 256, 65_535, 65_536})
  void writesTheHeadThatItReads(int length) throws Exception {
    Bytes content = Bytes.zeros(length);
    assertEquals(
        new Cbor.ByteString(content),
        Cbor.parse("string", Bytes.concat(Cbor.head(length), content)));
  }

  private static Cbor parse(String hex) throws MalformedException {
    return Cbor.parse("item", Bytes.ofHex("item", hex));
  }
}
