package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.testing.MeasuredBootData;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** Quotes and logs of a real machine: UEFI, a unified kernel image, systemd, a TPM's ECDSA key. */
class MeasuredBootTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final TpmQuoteKind KIND = new TpmQuoteKind();

  @ParameterizedTest
  @EnumSource(MeasuredBootData.class)
  void acceptsARealBootAndNamesWhatFollowedTheLog(MeasuredBootData boot) throws Exception {
    Appraisal appraisal = KIND.appraise(bundle(boot), Bundle.Ruling.NONE, NOW);

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal.reason());
    assertEquals(List.of(), appraisal.with(Outcome.WARNING));
    String note =
        appraisal.checks().stream()
            .filter(c -> c.id().equals(EventLogAppraisal.REPLAY))
            .findFirst()
            .orElseThrow()
            .note();
    assertTrue(note.contains("PCR 0-7, 9, 12 replay exactly"), note);
    assertTrue(note.contains("PCR 11 measured beyond the log: sysinit, ready"), note);
  }

  @Test
  void tellsTheBootsApartWhereTheyDiffer() throws Exception {
    var good = MeasuredBootData.GOOD.pcrs();
    var changed = MeasuredBootData.CHANGED.pcrs();
    var different = new TreeSet<Integer>();
    good.forEach((pcr, value) -> {
      if (!value.equals(changed.get(pcr))) {
        different.add(pcr);
      }
    });
    assertTrue(different.containsAll(List.of(4, 5, 9, 11)), different.toString());
    assertTrue(List.of(0, 1, 2, 3, 6, 7, 12).stream().noneMatch(different::contains));
  }

  @Test
  void refusesTheChangedBootByTheGoodOnesMeasurements() throws Exception {
    ObjectNode config = Json.newObject();
    ObjectNode measurements = config.putObject("measurements");
    for (int pcr : new int[] {0, 4, 7, 9, 11}) {
      measurements.put(Integer.toString(pcr), MeasuredBootData.GOOD.pcrs().get(pcr).hex());
    }
    var ruling = new Bundle.Ruling(config, Variant.QEMU_VTPM, null);

    Appraisal good = KIND.appraise(bundle(MeasuredBootData.GOOD), ruling, NOW);
    assertTrue(good.accepted(), good.reason());
    assertEquals(16, good.claims().orElseThrow().measurements().size());
    Appraisal changed = KIND.appraise(bundle(MeasuredBootData.CHANGED), ruling, NOW);
    assertEquals(
        List.of("PCR 4", "PCR 9", "PCR 11"),
        changed.with(Outcome.FAILED).stream().map(c -> c.subject()).toList());
  }

  @Test
  void theLogOfOneBootDoesNotExplainTheOther() throws Exception {
    Bundle good = bundle(MeasuredBootData.GOOD);
    var files = new java.util.TreeMap<>(good.files());
    files.put("eventlog", MeasuredBootData.CHANGED.file("eventlog.bin"));
    Appraisal appraisal =
        KIND.appraise(new Bundle(good.kind(), good.manifest(), files), Bundle.Ruling.NONE, NOW);
    assertEquals(
        List.of(4, 5, 9, 11),
        appraisal.with(Outcome.FAILED).stream()
            .map(c -> Integer.parseInt(c.subject().split(" ")[2]))
            .toList());
  }

  @Test
  void theKeyIsAChildAndNotThePrimaryThatItsOwnerWouldMake() throws Exception {
    // Its qualified name runs through the endorsement key, so it is not that of a primary key.
    TpmtPublic area = TpmtPublic.parse(MeasuredBootData.GOOD.akPublic());
    Bytes signer = TpmsAttest.parse(MeasuredBootData.GOOD.file("quote.attest")).qualifiedSigner();
    assertNotEquals(area.name().value(), signer);
  }

  private static Bundle bundle(MeasuredBootData boot) throws Exception {
    ObjectNode manifest = Json.newObject();
    ObjectNode inputs = manifest.putObject("inputs");
    inputs.put("nonce", boot.file("nonce.bin").hex()).put("bank", "sha256");
    inputs.put("signature_format", "tpmt").put("digest_hash", "sha256");
    var required = inputs.putArray("require_pcrs");
    var explained = inputs.putArray("eventlog_pcrs");
    for (int pcr = 0; pcr < 16; pcr++) {
      required.add(pcr);
    }
    for (int pcr : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12}) {
      explained.add(pcr);
    }
    ObjectNode pcrs = Json.newObject();
    ObjectNode bank = pcrs.putObject("sha256");
    boot.pcrs().forEach((pcr, value) -> bank.put(Integer.toString(pcr), value.hex()));
    return new Bundle(
        "tpm-quote",
        manifest,
        Map.of(
            "attest", boot.file("quote.attest"),
            "signature", boot.file("quote.sig"),
            "ak_public", boot.akPublic(),
            "pcrs", Bytes.ofUtf8(Json.line(pcrs)),
            "eventlog", boot.file("eventlog.bin")));
  }
}
