package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tables that are good but for one thing. */
class CertificateTableTest {
  private static final Bytes CONTENT = Bytes.ofUtf8("DER!");

  private final ByteWriter list = new ByteWriter();

  private CertificateTableTest entry(int kind, long offset, long length) {
    list.bytes(Bytes.zeros(15)).u8(kind).u32le(offset).u32le(length);
    return this;
  }

  private Bytes end(Bytes rest) {
    return Bytes.concat(list.toBytes(), Bytes.zeros(24), rest);
  }

  private static void refused(String reason, Bytes table) {
    var e = assertThrows(MalformedException.class, () -> CertificateTable.parse(table));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }

  @Test
  void contentIsBetweenTheListAndTheEnd() throws Exception {
    var good = CertificateTable.parse(new CertificateTableTest().entry(1, 48, 4).end(CONTENT));
    assertEquals(CONTENT, good.entries().getFirst().content());
    refused("inside its own list", new CertificateTableTest().entry(1, 47, 4).end(CONTENT));
    refused("points behind its end", new CertificateTableTest().entry(1, 49, 4).end(CONTENT));
    refused("points behind its end", new CertificateTableTest().entry(1, 48, 5).end(CONTENT));
    refused(
        "points behind its end", new CertificateTableTest().entry(1, 0xffff_fffcL, 8).end(CONTENT));
    refused(
        "inside its own list",
        new CertificateTableTest().entry(1, 24, 1).entry(2, 72, 4).end(CONTENT));
  }

  @Test
  void whatIsEmptyIsNowhere() throws Exception {
    var table = CertificateTable.parse(new CertificateTableTest().entry(1, 0, 0).end(Bytes.EMPTY));
    assertEquals(Optional.empty(), table.find(table.entries().getFirst().guid()));
    assertEquals(Optional.empty(), table.find(CertificateTable.ARK));
  }

  @Test
  void theLastEntryIsZero() {
    for (String end : new String[] {"01000000" + "00000000", "00000000" + "01000000"}) {
      Bytes last = Bytes.concat(Bytes.zeros(16), dev.asterism.testing.ForgedSnp.hex(end));
      refused("ends in an entry that is not zero", Bytes.concat(last, CONTENT));
    }
  }

  @Test
  void atMostThirtyTwoOfAtMostSixtyFourKibibytes() throws Exception {
    var most = new CertificateTableTest();
    for (int i = 1; i <= 32; i++) {
      most.entry(i, 0, 0);
    }
    assertEquals(32, CertificateTable.parse(most.end(Bytes.EMPTY)).entries().size());
    refused("has more than 32", most.entry(33, 0, 0).end(Bytes.EMPTY));

    Bytes largest = new CertificateTableTest().end(Bytes.zeros(64 * 1024 - 24));
    assertEquals(0, CertificateTable.parse(largest).entries().size());
    refused("is larger than", Bytes.concat(largest, Bytes.zeros(1)));
  }
}
