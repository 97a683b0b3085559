package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.eventlog.RegisterQuote;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The TD quote beside a CCEL: genuine up to the root; whether it is good, nobody asks there. */
public final class CcelQuote implements RegisterQuote {
  @Override
  public List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(List.of(TdxQuoteKind.PARSE));
    plan.addAll(TdQuoteVerifier.PLAN);
    return plan;
  }

  @Override
  public Optional<Map<Integer, Bytes>> judge(Checklist checks, Bundle bundle, Instant at)
      throws MalformedException {
    TdxRoot root = TdxQuoteInputs.root(bundle);
    TdQuote quote;
    try {
      quote = TdQuote.parse(bundle.file("quote"));
    } catch (MalformedException e) {
      checks.fail(TdxQuoteKind.PARSE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    checks.pass(TdxQuoteKind.PARSE, "version " + quote.header().version());
    return new TdQuoteVerifier(checks, root, new PckChains())
        .verify(quote, at)
        .map(verified -> verified.body().measurements());
  }
}
