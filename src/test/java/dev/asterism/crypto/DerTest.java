package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
  private static Bytes hex(String digits) {
    try {
      return Bytes.ofHex("der", digits);
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String oid(String content) throws MalformedException {
    return Der.oid(Der.tlv(Der.OID, hex(content)).reader("oid"), "oid");
  }

  @ParameterizedTest
  @CsvSource({
    "00, 0",
    "7f, 127",
    "8180, 128",
    "81ff, 255",
    "820100, 256",
    "83010000, 65536",
    "8401000000, 16777216"
  })
  void aLengthIsInItsShortestForm(String length, int expected) throws Exception {
    Bytes value = Bytes.concat(hex("04" + length), Bytes.zeros(expected));
    assertEquals(expected, Der.content(value.reader("value"), Der.OCTET_STRING, "value").length());
    assertEquals(value, Der.tlv(Der.OCTET_STRING, Bytes.zeros(expected)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "817f",
        "820080",
        "8200ff",
        "8300ffff",
        "8500000001",
        "89010000000000000080",
        "ff"
      })
  void otherLengthsAreNone(String length) {
    Bytes value = Bytes.concat(hex("04" + length), Bytes.zeros(70_000));
    assertThrows(
        MalformedException.class,
        () -> Der.content(value.reader("value"), Der.OCTET_STRING, "value"));
  }

  @ParameterizedTest
  @CsvSource({
    "00, 0.0",
    "27, 0.39",
    "28, 1.0",
    "4f, 1.39",
    "50, 2.0",
    "8837, 2.999",
    "2a8148, 1.2.200",
    "2aff7f, 1.2.16383",
    "2a818000, 1.2.16384",
    "2affffffffffffffff7f, 1.2.9223372036854775807"
  })
  void anIdentifierIsReadAsItIsWritten(String content, String dotted) throws Exception {
    assertEquals(dotted, oid(content));
    assertEquals(Der.tlv(Der.OID, hex(content)), Der.oid(dotted));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2a80", "2a8001", "2a81", "2a81ffffffffffffffff7f"})
  void anIdentifierThatIsPaddedCutOrTooLargeIsNone(String content) {
    assertThrows(MalformedException.class, () -> oid(content));
  }

  @Test
  void anIdentifierHasSixtyFourBytesAtMost() throws Exception {
    assertEquals("1.2" + ".1".repeat(63), oid("2a" + "01".repeat(63)));
    assertThrows(MalformedException.class, () -> oid("2a" + "01".repeat(64)));
    assertThrows(IllegalArgumentException.class, () -> Der.oid("1"));
  }

  @ParameterizedTest
  @CsvSource({
    "17, 500101000000Z, 1950-01-01T00:00:00Z",
    "17, 991231235959Z, 1999-12-31T23:59:59Z",
    "17, 000229000000Z, 2000-02-29T00:00:00Z",
    "17, 491231235959Z, 2049-12-31T23:59:59Z",
    "18, 20500101000000Z, 2050-01-01T00:00:00Z",
    "18, 19491231235959Z, 1949-12-31T23:59:59Z",
  })
  void aTimeIsReadAsItIsWritten(String tag, String text, Instant at) throws Exception {
    Bytes value = Der.tlv(Integer.parseInt(tag, 16), Bytes.ofUtf8(text));
    assertEquals(at, Der.time(value.reader("time"), "time"));
    assertEquals(value, Der.time(at));
  }

  @ParameterizedTest
  @CsvSource({
    "17, 230229000000Z",
    "17, 2301010000Z",
    "17, 230101000000+0100",
    "18, 20230101000000",
    "18, 20231301000000Z",
    "16, 230101000000Z",
    "17, ''"
  })
  void otherTimesAreNone(String tag, String text) {
    Bytes value = Der.tlv(Integer.parseInt(tag, 16), Bytes.ofUtf8(text));
    assertThrows(MalformedException.class, () -> Der.time(value.reader("time"), "time"));
  }

  @Test
  void aStringOfBitsEndsOnAWholeByte() throws Exception {
    assertEquals(hex("80"), Der.bits(hex("03020080").reader("bits"), "bits"));
    var e =
        assertThrows(
            MalformedException.class, () -> Der.bits(hex("03020780").reader("bits"), "bits"));
    assertEquals(
        new MalformedException("bits", 2, "does not end on a whole byte").getMessage(),
        e.getMessage());
    assertThrows(MalformedException.class, () -> Der.bits(hex("04020080").reader("bits"), "bits"));
  }
}
