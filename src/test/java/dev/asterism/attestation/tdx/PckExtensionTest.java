package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Der;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An extension with all that Intel puts into it, one member of which is not as it must be. */
class PckExtensionTest {
  private final Map<String, Bytes> members = new LinkedHashMap<>();
  private final Map<String, Bytes> tcb = new LinkedHashMap<>();

  PckExtensionTest() {
    for (int i = 1; i <= 16; i++) {
      tcb.put(".2." + i, integer("02"));
    }
    tcb.put(".2.17", integer("0b"));
    tcb.put(".2.18", octets(16));
    members.put(".1", octets(16));
    members.put(".3", octets(2));
    members.put(".4", octets(6));
  }

  private static Bytes integer(String hex) {
    return Der.tlv(Der.INTEGER, ForgedSnp.hex(hex));
  }

  private static Bytes octets(int length) {
    return Der.tlv(Der.OCTET_STRING, Bytes.zeros(length));
  }

  private static Bytes list(Map<String, Bytes> members, Bytes... more) {
    List<Bytes> all = new ArrayList<>();
    members.forEach((oid, value) -> all.add(member(oid, value)));
    all.addAll(List.of(more));
    return Der.tlv(Der.SEQUENCE, all.toArray(new Bytes[0]));
  }

  private static Bytes member(String oid, Bytes value) {
    return Der.tlv(Der.SEQUENCE, Der.oid(PckExtension.OID + oid), value);
  }

  private Bytes make(Bytes... more) {
    Map<String, Bytes> all = new LinkedHashMap<>(members);
    all.put(".2", list(tcb));
    return Der.tlv(Der.OCTET_STRING, list(all, more));
  }

  private void refused(String reason, Bytes extension) {
    var e = assertThrows(MalformedException.class, () -> PckExtension.parse(extension));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }

  @Test
  void aWholeOneIsRead() throws Exception {
    PckExtension read = PckExtension.parse(make());
    assertEquals(11, read.pceSvn());
    assertEquals(16, read.components().size());
  }

  @ParameterizedTest
  @CsvSource({"00, 0", "7f, 127", "0080, 128", "00ff, 255"})
  void aComponentIsAByte(String hex, int value) throws Exception {
    tcb.put(".2.1", integer(hex));
    assertEquals(value, PckExtension.parse(make()).components().getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "0100", "007f", "0000", "000080", "010000000085"})
  void otherComponentsAreNone(String hex) {
    tcb.put(".2.1", integer(hex));
    refused("out of range", make());
  }

  @Test
  void aPceSvnHasTwoBytes() throws Exception {
    tcb.put(".2.17", integer("00ffff"));
    assertEquals(0xffff, PckExtension.parse(make()).pceSvn());
    tcb.put(".2.17", integer("0100"));
    assertEquals(256, PckExtension.parse(make()).pceSvn());
    for (String bad : List.of("ffff", "010000", "007f", "00000001")) {
      tcb.put(".2.17", integer(bad));
      refused("out of range", make());
    }
    tcb.put(".2.17", Der.tlv(Der.INTEGER));
    assertThrows(MalformedException.class, () -> PckExtension.parse(make()));
    tcb.put(".2.17", Bytes.concat(integer("0b"), integer("0b")));
    assertThrows(MalformedException.class, () -> PckExtension.parse(make()));
  }

  @Test
  void stringsHaveTheirLengths() {
    for (String oid : List.of(".1", ".3", ".4")) {
      var other = new PckExtensionTest();
      other.members.put(oid, octets(7));
      refused("bytes there", other.make());
      other.members.put(oid, Bytes.concat(this.members.get(oid), Bytes.zeros(1)));
      assertThrows(MalformedException.class, () -> PckExtension.parse(other.make()));
      other.members.remove(oid);
      refused("lacks", other.make());
    }
    tcb.put(".2.18", octets(15));
    refused("needs 16 bytes", make());
    tcb.remove(".2.18");
    refused("lacks", make());
  }

  @Test
  void noMemberIsThereTwiceAndMostAreUnknown() throws Exception {
    refused("twice", make(member(".4", octets(6))));
    Bytes[] more = new Bytes[60];
    for (int i = 0; i < more.length; i++) {
      more[i] = member(".7." + i, octets(1));
    }
    assertEquals(11, PckExtension.parse(make(more)).pceSvn());
    refused("too many", make(Bytes.concat(more), member(".8", octets(1))));
  }

  @Test
  void nothingIsBehindIt() {
    assertThrows(
        MalformedException.class, () -> PckExtension.parse(Bytes.concat(make(), Bytes.zeros(1))));
    Bytes inner = list(members, member(".2", list(tcb)));
    assertThrows(
        MalformedException.class,
        () -> PckExtension.parse(Der.tlv(Der.OCTET_STRING, inner, Bytes.zeros(1))));
    members.put(".2", Bytes.concat(list(tcb), Bytes.zeros(1)));
    assertThrows(
        MalformedException.class,
        () -> PckExtension.parse(Der.tlv(Der.OCTET_STRING, list(members))));
  }
}
