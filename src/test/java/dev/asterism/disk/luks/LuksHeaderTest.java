package dev.asterism.disk.luks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.disk.luks.BinaryHeader.Copy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class LuksHeaderTest {
  private static final ObjectNode JSON = TestHeaders.goodJson();
  private static final HeaderCopy OLD = primary(3, JSON);
  private static final HeaderCopy NEW = primary(4, changed());
  private static final HeaderCopy NOTHING =
      new HeaderCopy(OLD.binary(), Bytes.zeros(HeaderCopy.JSON_LENGTH));

  @Test
  void readsTwoCopiesThatAgree() throws HeaderException {
    LuksHeader header = parse(OLD, OLD.mirrored()).orElseThrow();

    assertEquals(TestHeaders.UUID, header.uuid());
    assertEquals(JSON, header.json());
    assertTrue(header.mended().isEmpty());
  }

  @Test
  void takesTheWholeOneOfACutOffWrite() throws HeaderException {
    // Each row: what the primary copy is, what the secondary, which content holds.
    assertRepaired(OLD, unfinished(NEW), OLD.mirrored());
    assertRepaired(NEW, NEW, OLD.mirrored());
    assertRepaired(NEW, NEW, unfinished(NEW.mirrored()));
    assertRepaired(OLD, torn(NEW), OLD.mirrored());
    assertRepaired(NEW, NEW, torn(NEW.mirrored()));
  }

  private static void assertRepaired(HeaderCopy expected, HeaderCopy primary, HeaderCopy secondary)
      throws HeaderException {
    LuksHeader header = parse(primary, secondary).orElseThrow();
    assertTrue(header.mended().isPresent());
    assertEquals(
        Json.line(parse(expected, expected.mirrored()).orElseThrow().json()),
        Json.line(header.json()));
    LuksHeader again = LuksHeader.parse(header.toBytes()).orElseThrow();
    assertTrue(again.mended().isEmpty());
    assertEquals(header.uuid(), again.uuid());
  }

  @Test
  void knowsAFormatThatWasCutOff() throws HeaderException {
    Bytes half =
        Bytes.concat(
            unfinished(OLD).binary().toBytes(),
            Bytes.zeros(LuksHeader.LENGTH - BinaryHeader.LENGTH));

    assertEquals(Optional.empty(), LuksHeader.parse(half));
    assertEquals(Optional.empty(), parse(unfinished(OLD), unfinished(OLD.mirrored())));
  }

  @Test
  void refusesCopiesThatDifferInAnyOtherWay() {
    assertRefused(HeaderCheck.COPIES, OLD, NEW.mirrored());
    assertRefused(HeaderCheck.COPIES, primary(4, JSON), NEW.mirrored());
    HeaderCopy other =
        TestHeaders.copy(Copy.SECONDARY, 3, "11111111-1d3a-4c5b-8e6f-7a8b9c0d1e2f", JSON);
    assertRefused(HeaderCheck.COPIES, OLD, other);
  }

  @Test
  void refusesAChangedBitOfEitherCopy() {
    for (int offset : List.of(0, BinaryHeader.COPY_LENGTH)) {
      // In the salt, and in the JSON.
      for (int within : List.of(110, BinaryHeader.LENGTH + 40, BinaryHeader.COPY_LENGTH - 1)) {
        byte[] start = Bytes.concat(OLD.toBytes(), OLD.mirrored().toBytes()).toArray();
        start[offset + within] ^= 1;
        assertEquals(
            List.of(HeaderCheck.CHECKSUM),
            checks(assertThrows(HeaderException.class, () -> LuksHeader.parse(Bytes.of(start)))));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "magic, 0",
    "version, 7",
    "header size, 14",
    "sequence id's sign, 16",
    "checksum algorithm, 72",
    "end of the label, 71",
    "offset, 263",
    "padding, 300",
    "padding to the end, 4095"
  })
  void refusesABlockThatIsNotWhatItMustBe(String what, int offset) {
    byte[] start = Bytes.concat(OLD.toBytes(), OLD.mirrored().toBytes()).toArray();
    start[offset] ^= (byte) 0x80;
    assertEquals(
        List.of(HeaderCheck.BINARY),
        checks(assertThrows(HeaderException.class, () -> LuksHeader.parse(Bytes.of(start)))),
        what);
  }

  @Test
  void refusesMetadataThatDoNotEndInZeros() {
    assertRefusedJson(Bytes.ofUtf8(Json.line(JSON) + "\0more"));
    assertRefusedJson(Bytes.of(fullOf('x')));
    assertRefusedJson(Bytes.ofUtf8("{\"keyslots\":{},\"keyslots\":{}}"));
    assertRefusedJson(Bytes.ofUtf8("[]"));
    assertRefusedJson(Bytes.EMPTY);
  }

  private static void assertRefusedJson(Bytes text) {
    Bytes area = Bytes.concat(text, Bytes.zeros(HeaderCopy.JSON_LENGTH - text.length()));
    var copy = new HeaderCopy(OLD.binary().finished(area), area);
    assertRefused(HeaderCheck.JSON, copy, copy.mirrored());
  }

  private static void assertRefused(HeaderCheck check, HeaderCopy primary, HeaderCopy secondary) {
    assertEquals(
        List.of(check),
        checks(assertThrows(HeaderException.class, () -> parse(primary, secondary))));
  }

  private static List<HeaderCheck> checks(HeaderException e) {
    return e.violations().stream().map(Violation::check).toList();
  }

  private static Optional<LuksHeader> parse(HeaderCopy primary, HeaderCopy secondary)
      throws HeaderException {
    return LuksHeader.parse(Bytes.concat(primary.toBytes(), secondary.toBytes()));
  }

  private static HeaderCopy unfinished(HeaderCopy copy) {
    return new HeaderCopy(copy.binary().unfinished(), copy.jsonArea());
  }

  private static HeaderCopy torn(HeaderCopy copy) {
    return new HeaderCopy(copy.binary().unfinished(), NOTHING.jsonArea());
  }

  private static HeaderCopy primary(long sequenceId, ObjectNode json) {
    return TestHeaders.copy(Copy.PRIMARY, sequenceId, TestHeaders.UUID, json);
  }

  private static ObjectNode changed() {
    ObjectNode json = TestHeaders.goodJson();
    ((ObjectNode) json.at("/keyslots/0/area")).put("offset", "417792");
    return json;
  }

  private static byte[] fullOf(char c) {
    var bytes = new byte[HeaderCopy.JSON_LENGTH];
    java.util.Arrays.fill(bytes, (byte) c);
    return bytes;
  }
}
