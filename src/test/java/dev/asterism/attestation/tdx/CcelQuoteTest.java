package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Checklist;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** The quote beside a CCEL, with nothing wrong but what the test says. */
class CcelQuoteTest {
  private final CcelQuote quotes = new CcelQuote();
  private final ObjectNode manifest = Json.newObject();
  private final Map<String, Bytes> files = new TreeMap<>();

  CcelQuoteTest() {
    manifest.putObject("trust").put("file", "root.der");
    manifest.putObject("files").put("root", "root.der");
    forge(f -> {});
  }

  private void forge(Consumer<ForgedTdx> change) {
    ForgedTdx forged = ForgedTdx.with(change);
    files.put("quote", forged.quote.make());
    files.put("root", ForgedSnp.der(forged.vendor.rootCertificate()));
  }

  private record Answer(Optional<Map<Integer, Bytes>> registers, Appraisal appraisal) {}

  private Answer judge(Instant at) throws MalformedException {
    Checklist checks = new Checklist(quotes.plan());
    Optional<Map<Integer, Bytes>> registers =
        quotes.judge(checks, new Bundle("ccel-eventlog", manifest, files), at);
    return new Answer(registers, checks.conclude(null));
  }

  private void assertOnly(String check, Instant at) throws MalformedException {
    Answer answer = judge(at);
    assertEquals(List.of(check), TdxSteps.failed(answer.appraisal()));
    assertEquals(Optional.empty(), answer.registers());
  }

  @Test
  void aGenuineQuoteStatesItsRegisters() throws Exception {
    Answer answer = judge(ForgedTdx.AT);
    assertTrue(answer.appraisal().accepted(), answer.appraisal()::reason);
    assertEquals(
        TdQuote.parse(files.get("quote")).body().measurements(), answer.registers().orElseThrow());
  }

  @Test
  void whatIsNotGenuineStatesNothing() throws Exception {
    forge(f -> f.quote.quoteSigner = ForgedTdx.pck().getPrivate());
    assertOnly("quote.signature", ForgedTdx.AT);
    forge(f -> {});
    assertOnly("pck.validity", ForgedTdx.FROM.minusSeconds(1));
    manifest.remove("trust");
    assertOnly("pck.chain", ForgedTdx.AT);
    files.put("quote", Bytes.EMPTY);
    assertOnly("quote.parse", ForgedTdx.AT);
  }
}
