package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class TpmQuoteKindTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Digests BANK = Digests.SHA256;
  private static final Bytes NONCE = Bytes.ofUtf8("nonce");
  private static final Bytes DATA = Bytes.ofUtf8("data");

  private final ForgedVtpm forged = ForgedVtpm.with(f -> f.extraData = NONCE);
  private final Map<String, Bytes> files = new TreeMap<>();
  private final ObjectNode inputs = Json.newObject();

  TpmQuoteKindTest() {
    inputs.put("nonce", NONCE.hex()).put("bank", "sha256");
    inputs.putArray("require_pcrs").add(0).add(4);
    fill();
  }

  @Test
  void acceptsAQuoteInEachFormat() throws Exception {
    assertAccepted();
    inputs.put("signature_format", "tpmt");
    assertAccepted();

    files.put("signature", forged.rawSignature(forged.attest(BANK)));
    inputs.put("signature_format", "rsassa-sha256");
    assertAccepted();

    forged.ecdsa("secp256r1", Digests.SHA256);
    fill();
    files.put("signature", forged.rawSignature(forged.attest(BANK)));
    inputs.put("signature_format", "ecdsa-sha256-der");
    assertAccepted();
  }

  @Test
  void takesTheKeyWithOrWithoutItsPublicArea() throws Exception {
    files.put("ak", Bytes.of(forged.key.getPublic().getEncoded()));
    assertAccepted();
    files.remove("ak_public");
    assertAccepted();
    assertTrue(
        appraise().with(Outcome.SKIPPED).stream()
            .anyMatch(c -> c.id().id().equals("ak.attributes")));
  }

  @Test
  void refusesAPublicAreaOfAnotherKey() throws Exception {
    files.put("ak", Bytes.of(ForgedVtpm.keyPair("other RSA").getPublic().getEncoded()));
    assertOnly("files.parse");
  }

  @Test
  void refusesFilesThatCannotBeRead() throws Exception {
    for (String role : List.of("attest", "signature", "pcrs", "ak_public", "eventlog")) {
      fill();
      files.put(role, DATA);
      assertOnly("files.parse");
    }
    fill();
    for (String value : List.of("4", "\"" + "00".repeat(31) + "\"", "\"xy\"")) {
      files.put("pcrs", Bytes.ofUtf8("{\"sha256\": {\"4\": " + value + "}}"));
      assertOnly("files.parse");
    }
  }

  @Test
  void valuesOfAnotherBankAreNone() throws Exception {
    files.put("pcrs", Bytes.ofUtf8("{\"sha1\": {}}"));
    assertOnly("quote.digest");
  }

  @Test
  void whatIsNotGenuineClaimsNothing() throws Exception {
    var own = new Bundle.Ruling(null, Variant.QEMU_VTPM, null);
    assertTrue(appraise(own).claims().isPresent());
    inputs.put("digest_hash", "sha384");
    assertTrue(appraise(own).claims().isEmpty());
    inputs.putNull("digest_hash").putNull("eventlog_pcrs");
    assertTrue(appraise(own).claims().isPresent());
    forged.attributes |= 1 << 17;
    fill();
    assertTrue(appraise(own).claims().isEmpty());
  }

  /** The values are of another bank than those that the variant is known by. */
  @Test
  void aQuoteOfAnotherBankClaimsNothing() throws Exception {
    inputs.put("bank", "sha384");
    fill(Digests.SHA384);
    var own = new Bundle.Ruling(null, Variant.QEMU_VTPM, null);
    assertTrue(appraise(own).accepted());
    assertTrue(appraise(own).claims().isEmpty());
  }

  @Test
  void aKeyThatIsPinnedWithoutItsAreaHasNoName() throws Exception {
    Bytes spki = Bytes.of(forged.key.getPublic().getEncoded());
    files.put("ak", spki);
    files.remove("ak_public");
    var pinned = ruling(c -> pin(c, BANK.of(spki).hex()));
    var identity =
        appraise(new Bundle.Ruling(pinned.config(), Variant.QEMU_VTPM, null))
            .claims()
            .orElseThrow()
            .identity();
    assertEquals(BANK.of(spki).hex(), identity.get(Identifier.AK_KEY));
    assertNull(identity.get(Identifier.AK_NAME));
  }

  @Test
  void aLogWithoutEventsExplainsNothing() throws Exception {
    files.put("eventlog", new EventLogWriter(EnumSet.of(BANK)).toBytes());
    assertTrue(
        appraise().with(Outcome.WARNING).stream()
            .anyMatch(
                c -> c.note().equals("the log has no events: nothing explains the registers")));
  }

  @Test
  void aBundleWithoutAFileIsMalformed() {
    for (String role : List.of("attest", "signature", "pcrs", "ak_public")) {
      fill();
      files.remove(role);
      assertThrows(MalformedException.class, this::appraise, role);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inputs.nonce            | {\"bank\": \"sha256\"}",
        "inputs.nonce            | {\"nonce\": \"xy\", \"bank\": \"sha256\"}",
        "bank                    | {\"nonce\": \"00\"}",
        "inputs.bank             | {\"nonce\": \"00\", \"bank\": \"SHA-256\"}",
        "inputs.digest_hash      | {\"nonce\": \"00\", \"bank\": \"sha256\", \"digest_hash\": \"md5\"}",
        "inputs.signature_format | {\"nonce\": \"00\", \"bank\": \"sha256\", \"signature_format\": \"x\"}",
        "inputs.require_pcrs     | {\"nonce\": \"00\", \"bank\": \"sha256\", \"require_pcrs\": 4}",
        "inputs.require_pcrs     | {\"nonce\": \"00\", \"bank\": \"sha256\", \"require_pcrs\": [24]}",
        "inputs.eventlog_pcrs    | {\"nonce\": \"00\", \"bank\": \"sha256\", \"eventlog_pcrs\": [\"4\"]}",
      })
  void namesTheInputThatIsWrong(String field, String text) throws Exception {
    inputs.removeAll();
    inputs.setAll(Json.object("inputs", text));
    var e = assertThrows(MalformedException.class, this::appraise);
    assertEquals(field, e.field());
    if (text.contains("[24]")) {
      assertTrue(e.getMessage().endsWith("than PCR 0 to 23"), e::getMessage);
    }
  }

  @Test
  void ourOwnNonceReplacesTheManifests() throws Exception {
    inputs.put("nonce", "00");
    assertOnly("quote.nonce");
    assertTrue(appraise(new Bundle.Ruling(null, null, NONCE)).accepted());
  }

  @Test
  void refusesAQuoteThatLeavesOutWhatIsRequired() throws Exception {
    forged.selected.remove(4);
    fill();
    assertOnly("quote.selection");
    inputs.putArray("require_pcrs").add(0);
    assertAccepted();
  }

  @Test
  void aQuoteOfNothingProvesNothing() throws Exception {
    forged.selected.clear();
    fill();
    inputs.remove("require_pcrs");
    assertOnly("quote.selection");
  }

  @Test
  void whatWasNotQuotedIsNotAsThePolicyWants() throws Exception {
    forged.selected.remove(9);
    fill();
    Consumer<ObjectNode> nine =
        c -> ((ObjectNode) c.get("measurements")).put("9", forged.pcrs(BANK).get(9).hex());
    Appraisal appraisal = appraise(ruling(nine));
    assertFailed("measurement", appraisal);
    assertEquals("no quoted value", appraisal.with(Outcome.FAILED).getFirst().actual());
  }

  @Test
  void refusesAnotherDigestHashThanTheManifestSays() throws Exception {
    inputs.put("digest_hash", "sha256");
    assertAccepted();
    inputs.put("digest_hash", "sha384");
    assertOnly("quote.digest-hash");
  }

  @Test
  void refusesAKeyThatMayDecrypt() throws Exception {
    forged.attributes |= 1 << 17;
    fill();
    assertOnly("ak.attributes");
    assertTrue(
        appraise().with(Outcome.SKIPPED).stream()
            .anyMatch(c -> c.id().id().equals("quote.signature")));
  }

  @Test
  void theLogMustExplainWhatTheManifestNames() throws Exception {
    inputs.putArray("eventlog_pcrs").add(4).add(9);
    assertOnly("eventlog.replay");
    assertTrue(appraise().reason().contains("no event log explains PCR 4, 9"));
    assertTrue(
        appraise().with(Outcome.SKIPPED).stream()
            .anyMatch(c ->
                c.id().id().equals("eventlog.order")
                    && c.note().equals("the bundle holds no event log")));

    var writer = new EventLogWriter(EnumSet.of(BANK)).event(4, EventType.IPL, DATA);
    forged.pcrs(BANK).putAll(writer.log().replay(BANK));
    fill();
    files.put("eventlog", writer.toBytes());
    assertOnly("eventlog.replay");
    assertEquals(List.of("the log has no event of PCR 9"), replay(Outcome.FAILED));
    assertEquals(List.of(), replay(Outcome.PASSED));
    inputs.putArray("eventlog_pcrs").add(4);
    assertAccepted();
    assertEquals(List.of("PCR 4 replay exactly"), replay(Outcome.PASSED));

    files.put("eventlog", new EventLogWriter(EnumSet.of(BANK)).toBytes());
    assertEquals(List.of("the log has no event of PCR 4"), replay(Outcome.FAILED));
    assertEquals(List.of(), replay(Outcome.WARNING));
  }

  @Test
  void aLogOfMoreThanIsQuotedExplainsWhatIs() throws Exception {
    var writer =
        new EventLogWriter(EnumSet.of(BANK))
            .event(4, EventType.IPL, DATA)
            .event(9, EventType.IPL, DATA);
    forged.pcrs(BANK).putAll(writer.log().replay(BANK));
    forged.selected.remove(9);
    inputs.remove("require_pcrs");
    fill();
    files.put("eventlog", writer.toBytes());
    assertAccepted();
    assertEquals(List.of("PCR 4 replay exactly; PCR 9 is not quoted"), replay(Outcome.PASSED));
    inputs.putArray("eventlog_pcrs").add(9);
    assertOnly("eventlog.replay");
  }

  private List<String> replay(Outcome outcome) throws MalformedException {
    return appraise().with(outcome).stream()
        .filter(c -> c.id().id().equals("eventlog.replay"))
        .map(Check::note)
        .toList();
  }

  @Test
  void aLogOfWhatIsNotComparedIsOneAllTheSame() throws Exception {
    files.put(
        "eventlog", new EventLogWriter(EnumSet.of(BANK)).event(10, EventType.IPL, DATA).toBytes());
    assertEquals(List.of("no PCR replay exactly; PCR 10 not compared"), replay(Outcome.PASSED));
  }

  @Test
  void refusesAnotherSchemeThanTheAreaBindsTheKeyTo() throws Exception {
    forged.scheme = ForgedVtpm.RSAPSS;
    fill();
    assertOnly("quote.algorithm");
  }

  @Test
  void whoCallsMayKnowTheKeyAndSeesWhatCameWithIt() throws Exception {
    Bytes spki = Bytes.of(forged.key.getPublic().getEncoded());
    files.put("ak_cert", DATA);
    files.put("ak_intermediate1", NONCE);
    files.put("ak_intermediate2", spki);
    var request = new BundledQuote.Request(bundle(), null);
    PublicKey other = ForgedVtpm.keyPair("other RSA").getPublic();
    assertEquals(other, request.read(other).key());
    assertEquals(forged.key.getPublic(), request.read(null).key());
    assertEquals(
        new AkCertificates(DATA, List.of(NONCE, spki)),
        request.read(null).presented(NOW).certificates());
  }

  @Test
  void onlyWarnsOfALogWithoutTheAction() throws Exception {
    var writer =
        new EventLogWriter(EnumSet.of(BANK))
            .separators()
            .event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DATA);
    forged.pcrs(BANK).putAll(writer.log().replay(BANK));
    fill();
    files.put("eventlog", writer.toBytes());
    assertAccepted();
    assertEquals(
        List.of("eventlog.order"),
        appraise().with(Outcome.WARNING).stream().map(c -> c.id().id()).toList());
  }

  @Test
  void aConfigOfOursSaysWhomToTrustAndWhatIsGood() throws Exception {
    String name = TpmtPublic.parse(forged.publicArea()).name().hex();
    assertTrue(appraise(ruling(c -> pin(c, name))).accepted());
    assertFailed("ak.trust", appraise(ruling(c -> pin(c, "00".repeat(32)))));
    assertFailed(
        "measurement",
        appraise(
            ruling(c -> {
              pin(c, name);
              ((ObjectNode) c.get("measurements")).put("7", "00".repeat(32));
            })));
  }

  @Test
  void aConfigOfOursMayAskForACertificate() throws Exception {
    Instant from = NOW.minus(Duration.ofHours(1));
    Instant to = NOW.plus(Duration.ofHours(1));
    var root = CertificateAuthority.create("root", from, to);
    Bundle.Ruling ruling =
        ruling(c ->
            c.putObject("akTrust")
                .put("mode", "certificate")
                .putArray("roots")
                .add(root.certificatePem()));
    assertFailed("ak.chain", appraise(ruling));

    var request =
        new CertificateAuthority.Request(
            forged.key.getPublic(), "CN=ak", from, to, Usage.ATTESTATION_KEY, List.of(), List.of());
    files.put("ak_cert", Bytes.of(root.issue(request).getEncoded()));
    assertTrue(appraise(ruling).accepted());
    files.put("ak_intermediate1", Bytes.of(root.certificate().getEncoded()));
    assertTrue(appraise(ruling).accepted());
  }

  @Test
  void measurementsOfOneBankDoNotJudgeAnother() throws Exception {
    inputs.put("bank", "sha384");
    fill(Digests.SHA384);
    assertAccepted();
    Appraisal appraisal = appraise(ruling(c -> {}));
    assertFailed("measurement", appraisal);
    assertTrue(
        appraisal.reason().contains("of the sha256 bank, the quote is of sha384"),
        appraisal::reason);
  }

  @Test
  void claimsNothingAboutTheMachineUnlessToldWhatItIs() throws Exception {
    assertTrue(appraise().claims().isEmpty());
    var claims = appraise(new Bundle.Ruling(null, Variant.QEMU_VTPM, null)).claims().orElseThrow();
    assertEquals(forged.pcrs(BANK), claims.measurements());
  }

  @Test
  void showsWhatIsInside() throws Exception {
    List<Fact> facts = new TpmQuoteKind().show(bundle());
    assertTrue(facts.contains(new Fact("magic", "ff544347")));
    assertTrue(facts.contains(new Fact("extraData", NONCE.hex())));
    assertTrue(facts.contains(new Fact("selection", "sha256: PCR 0-23")));
    assertTrue(facts.contains(new Fact("signature", "RSASSA with SHA-256")));
    assertTrue(facts.contains(new Fact("PCR 15", "00".repeat(32))));
    assertTrue(facts.contains(new Fact("key attributes", "00050072")));
    assertTrue(facts.stream().noneMatch(f -> f.label().equals("event log")));

    files.put("ak", Bytes.of(forged.key.getPublic().getEncoded()));
    files.remove("ak_public");
    files.put("eventlog", new EventLogWriter(EnumSet.of(BANK)).separators().toBytes());
    List<Fact> bare = new TpmQuoteKind().show(bundle());
    assertTrue(bare.stream().anyMatch(f -> f.label().equals("event log")));
    assertTrue(bare.stream().noneMatch(f -> f.label().equals("key attributes")));
    assertEquals(Set.of("tpm-quote"), new TpmQuoteKind().kinds());
  }

  private void fill() {
    fill(BANK);
  }

  private void fill(Digests bank) {
    files.clear();
    Bytes attest = forged.attest(bank);
    files.put("attest", attest);
    files.put("signature", forged.signature(attest));
    files.put("ak_public", forged.publicArea());
    ObjectNode pcrs = Json.newObject();
    ObjectNode values = pcrs.putObject(Algorithms.bank(bank));
    forged.pcrs(bank).forEach((pcr, value) -> values.put(Integer.toString(pcr), value.hex()));
    files.put("pcrs", Bytes.ofUtf8(Json.line(pcrs)));
  }

  private static void pin(ObjectNode config, String key) {
    config.putObject("akTrust").put("mode", "pinned").putArray("keys").add(key);
  }

  private Bundle.Ruling ruling(Consumer<ObjectNode> change) {
    ObjectNode config = Json.newObject();
    config.putObject("measurements").put("4", forged.pcrs(BANK).get(4).hex());
    change.accept(config);
    return new Bundle.Ruling(config, null, null);
  }

  private void assertAccepted() throws MalformedException {
    assertEquals(Verdict.ACCEPTED, appraise().verdict(), appraise().reason());
  }

  private void assertOnly(String check) throws MalformedException {
    assertFailed(check, appraise());
  }

  private static void assertFailed(String check, Appraisal appraisal) {
    assertEquals(
        List.of(check),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList());
  }

  private Appraisal appraise() throws MalformedException {
    return appraise(Bundle.Ruling.NONE);
  }

  private Appraisal appraise(Bundle.Ruling ruling) throws MalformedException {
    return new TpmQuoteKind().appraise(bundle(), ruling, NOW);
  }

  private Bundle bundle() {
    ObjectNode manifest = Json.newObject();
    manifest.set("inputs", inputs);
    return new Bundle("tpm-quote", manifest, files);
  }
}
