package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.device.SoftwareQuote;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TdQuoteTest {
  private static final Bytes MARK = Bytes.ofUtf8("m".repeat(48));

  private static Bytes quote(Consumer<SoftwareQuote> change) {
    ForgedTdx forged = ForgedTdx.genuine();
    forged.quote.padding = Bytes.EMPTY;
    change.accept(forged.quote);
    return forged.quote.make();
  }

  @Test
  void everyFieldIsReadFromItsPlace() throws MalformedException {
    TdQuote read =
        TdQuote.parse(
            quote(q -> {
              q.version = 5;
              q.mrTd = MARK;
              q.rtmrs.set(2, MARK);
              q.mrServiceTd = MARK;
              q.qeIsvSvn = 0x1234;
            }));

    assertEquals(MARK, read.body().mrTd());
    assertEquals(MARK, read.body().measurements().get(3));
    assertEquals(MARK, read.body().mrServiceTd());
    assertEquals(0x1234, read.signature().qeReport().isvSvn());
    assertEquals(SoftwareTdxVendor.FMSPC, read.signature().pckChain().extension().fmspc());
    assertEquals(ForgedTdx.PPID, read.signature().pckChain().extension().ppid());
  }

  @Test
  void bothVersionsAndBodiesAreGenuine() {
    assertTrue(TdxSteps.judge(ForgedTdx.genuine()).accepted());
    assertTrue(TdxSteps.judge(ForgedTdx.with(f -> f.quote.version = 5)).accepted());
    assertTrue(
        TdxSteps.judge(
                ForgedTdx.with(f -> {
                  f.quote.version = 5;
                  f.quote.bodyType = 2;
                }))
            .accepted());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void noPrefixIsAQuote(int version) {
    Bytes whole = quote(q -> q.version = version);
    for (int length = 0; length < whole.length(); length++) {
      Bytes prefix = whole.slice(0, length);
      assertThrows(MalformedException.class, () -> TdQuote.parse(prefix));
    }
  }

  @Test
  void whatIsNoQuoteOfATdIsRefused() {
    refused("version", q -> q.version = 3);
    refused("attestationKeyType", q -> q.attestationKeyType = 3);
    refused("teeType", q -> q.teeType = 0);
    refused("certificationDataType", q -> q.outerType = 5);
    refused("certificationDataType", q -> q.innerType = 6);
    refused(
        "bodyType",
        q -> {
          q.version = 5;
          q.bodyType = 1;
        });
    refused("pckChain", q -> q.chain = q.chain.subList(0, 2));
    refused("pckChain", q -> q.chain = List.of(q.chain.get(1), q.chain.get(1), q.chain.get(2)));
  }

  private static void refused(String field, Consumer<SoftwareQuote> change) {
    var e = assertThrows(MalformedException.class, () -> TdQuote.parse(quote(change)));
    assertEquals(field, e.field());
  }

  @Test
  void whatFollowsIsKeptApart() throws MalformedException {
    Bytes zeros = TdQuote.parse(quote(q -> q.padding = Bytes.zeros(3000))).padding();

    assertEquals(Bytes.zeros(3000), zeros);
  }

  @Test
  void aBufferWithoutEndIsRefused() {
    Bytes huge = new ByteWriter().bytes(quote(q -> {})).bytes(Bytes.zeros(70_000)).toBytes();

    assertThrows(MalformedException.class, () -> TdQuote.parse(huge));
  }
}
