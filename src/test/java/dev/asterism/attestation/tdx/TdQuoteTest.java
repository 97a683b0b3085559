package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.device.SoftwareQuote;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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

  @Test
  void sixtyFourKibibytesAreThere() throws MalformedException {
    Bytes quote = quote(q -> {});
    int rest = 64 * 1024 - quote.length();
    assertEquals(rest, TdQuote.parse(Bytes.concat(quote, Bytes.zeros(rest))).padding().length());
    Bytes larger = Bytes.concat(quote, Bytes.zeros(rest + 1));
    assertThrows(MalformedException.class, () -> TdQuote.parse(larger));
  }

  @Test
  void aBodyHasTheSizeOfItsType() {
    Bytes quote = quote(q -> q.version = 5);
    Bytes other =
        Bytes.concat(
            quote.slice(0, 50),
            new ByteWriter().u32le(584).toBytes(),
            quote.slice(54, quote.length()));
    var e = assertThrows(MalformedException.class, () -> TdQuote.parse(other));
    assertEquals("bodySize", e.field());
  }

  @Test
  void nothingHidesBehindTheSignatureData() throws MalformedException {
    int size = 48 + 584;
    Bytes quote = quote(q -> {});
    TdQuote.parse(longer(quote, size, 0));
    Bytes behind = longer(quote, size, 1);
    assertThrows(MalformedException.class, () -> TdQuote.parse(behind));
    // Within the certification data that holds the QE's report.
    Bytes within = longer(behind, size + 4 + 64 + 64 + 2, 0);
    Bytes inner =
        Bytes.concat(
            within.slice(0, size + 134),
            new ByteWriter()
                .u32le(within.slice(size + 134, size + 138).reader("size").u32le("size") + 1)
                .toBytes(),
            within.slice(size + 138, within.length()));
    assertThrows(MalformedException.class, () -> TdQuote.parse(inner));
  }

  /** With a size field that says so much more, and as many bytes at the end. */
  private static Bytes longer(Bytes quote, int at, int more) throws MalformedException {
    long size = quote.slice(at, at + 4).reader("size").u32le("size");
    return Bytes.concat(
        quote.slice(0, at),
        new ByteWriter().u32le(size + more).toBytes(),
        quote.slice(at + 4, quote.length()),
        Bytes.zeros(more));
  }

  @Test
  void aQuoteIsShownToPeople() throws MalformedException {
    Map<String, String> facts =
        TdQuoteFacts.of(
                TdQuote.parse(
                    quote(q -> {
                      q.version = 5;
                      q.mrTd = MARK;
                      q.mrServiceTd = MARK;
                      q.tdAttributes = Bytes.of(new byte[] {1, 0, 0, 0x20, 0, 0, 0, 0});
                    })))
            .stream()
            .collect(Collectors.toMap(Fact::label, Fact::value));
    assertEquals("5", facts.get("version"));
    assertEquals("TDX 1.5", facts.get("body"));
    assertEquals("0100002000000000 (debug) (migratable)", facts.get("tdAttributes"));
    assertEquals(MARK.hex(), facts.get("mrServiceTd"));
    assertEquals(MARK.hex(), facts.get("MRTD"));
    for (String member :
        List.of(
            "qeVendorId",
            "teeTcbSvn",
            "mrSeam",
            "mrSignerSeam",
            "seamAttributes",
            "xfam",
            "RTMR 0",
            "RTMR 3",
            "mrConfigId",
            "mrOwner",
            "mrOwnerConfig",
            "reportData",
            "teeTcbSvn2",
            "QE MRSIGNER",
            "QE MRENCLAVE",
            "QE ISVPRODID",
            "QE ISVSVN",
            "PCK issuer",
            "FMSPC",
            "PPID",
            "PCESVN",
            "SGX components")) {
      assertTrue(facts.containsKey(member), member);
    }
    facts =
        TdQuoteFacts.of(TdQuote.parse(quote(q -> {}))).stream()
            .collect(Collectors.toMap(Fact::label, Fact::value));
    assertEquals("TDX 1.0", facts.get("body"));
    assertEquals("0000001000000000", facts.get("tdAttributes"));
  }
}
