package dev.asterism.attestation.tdx;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a quote says, for people and unverified. */
public final class TdQuoteFacts {
  private final List<Fact> facts = new ArrayList<>();

  private TdQuoteFacts() {}

  /** Line by line. */
  public static List<Fact> of(TdQuote quote) {
    TdQuoteFacts facts = new TdQuoteFacts();
    facts.add("version", Integer.toString(quote.header().version()));
    facts.add("qeVendorId", quote.header().qeVendorId());
    facts.body(quote.body());
    facts.signature(quote.signature());
    return facts.facts;
  }

  private void body(TdQuoteBody body) {
    add("body", body.mrServiceTd() == null ? "TDX 1.0" : "TDX 1.5");
    add("teeTcbSvn", body.teeTcbSvn());
    add("mrSeam", body.mrSeam());
    add("mrSignerSeam", body.mrSignerSeam());
    add("seamAttributes", body.seamAttributes());
    TdAttributes attributes = new TdAttributes(body.tdAttributes());
    add(
        "tdAttributes",
        body.tdAttributes().hex()
            + (attributes.isDebug() ? " (debug)" : "")
            + (attributes.isMigratable() ? " (migratable)" : ""));
    add("xfam", body.xfam());
    body.measurements().forEach((index, value) -> add(Variant.TDX.registerName(index), value));
    add("mrConfigId", body.mrConfigId());
    add("mrOwner", body.mrOwner());
    add("mrOwnerConfig", body.mrOwnerConfig());
    add("reportData", body.reportData());
    add("teeTcbSvn2", body.teeTcbSvn2());
    add("mrServiceTd", body.mrServiceTd());
  }

  private void signature(QuoteSignature signature) {
    EnclaveReport qe = signature.qeReport();
    add("QE MRSIGNER", qe.mrSigner());
    add("QE MRENCLAVE", qe.mrEnclave());
    add("QE ISVPRODID", Integer.toString(qe.isvProdId()));
    add("QE ISVSVN", Integer.toString(qe.isvSvn()));
    PckExtension platform = signature.pckChain().extension();
    add("PCK issuer", signature.pckChain().issuer().getSubjectX500Principal().getName());
    add("FMSPC", platform.fmspc());
    add("PPID", platform.ppid());
    add("PCESVN", Integer.toString(platform.pceSvn()));
    add("SGX components", platform.components().toString());
  }

  private void add(String label, String value) {
    facts.add(new Fact(label, value));
  }

  private void add(String label, @Nullable Bytes value) {
    if (value != null) {
      add(label, value.hex());
    }
  }
}
