package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.testing.FakePlatform;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class DocumentKindTest {
  private static final Bytes NONCE = Bytes.ofUtf8("0123456789abcdef");
  private static final Bytes USER_DATA = Bytes.ofUtf8("VerifyService");

  private final DocumentKind kind = new DocumentKind(List.of(new FakePlatform()));
  ObjectNode config;
  ObjectNode inputs;
  Bytes document;

  @BeforeEach
  void issueADocument() throws Exception {
    document = FakePlatform.issuer(Map.of()).issue(USER_DATA, NONCE);
    config = Json.newObject();
    config.putObject("measurements").put("4", "00".repeat(32));
    inputs = DocumentKind.inputs(Variant.QEMU_VTPM, NONCE, USER_DATA, config);
  }

  @Test
  void judgesByWhatTheManifestSays() throws Exception {
    assertEquals(Verdict.ACCEPTED, appraise(Bundle.Ruling.NONE).verdict());

    config.putObject("measurements").put("4", "11".repeat(32));
    assertEquals(Verdict.REFUSED, appraise(Bundle.Ruling.NONE).verdict());
  }

  @Test
  void ourConfigAndNonceTakeTheManifestsPlace() throws Exception {
    ObjectNode strict = Json.newObject();
    strict.putObject("measurements").put("4", "11".repeat(32));

    assertTrue(appraise(new Bundle.Ruling(strict, null, null)).reason().startsWith("PCR 4"));
    assertTrue(
        appraise(new Bundle.Ruling(null, null, USER_DATA)).reason().startsWith("fake.nonce"));
    inputs.remove("config");
    inputs.remove("nonce");
    assertEquals(Verdict.ACCEPTED, appraise(new Bundle.Ruling(config, null, NONCE)).verdict());
  }

  @Test
  void aDocumentOfAnotherVariantThanAskedForIsRefused() throws Exception {
    var asked = new Bundle.Ruling(null, Variant.AZURE_TDX, null);
    assertEquals("document.variant: expected azure-tdx got qemu-vtpm", appraise(asked).reason());

    config.put("variant", "azure-tdx");
    assertEquals(
        "document.variant: expected azure-tdx got qemu-vtpm",
        appraise(Bundle.Ruling.NONE).reason());
    config.put("variant", "QEMU-vTPM");
    assertEquals(Verdict.ACCEPTED, appraise(Bundle.Ruling.NONE).verdict());
  }

  @ParameterizedTest
  @ValueSource(strings = {"azure-tdx", "abacus", ""})
  void aVariantThatThisBuildLacksIsUndecided(String variant) throws Exception {
    inputs.put("variant", variant);

    assertEquals(Verdict.UNDECIDED, appraise(Bundle.Ruling.NONE).verdict());
  }

  @Test
  void warnsWhereNobodySaysWhatTheDocumentMustCarry() throws Exception {
    inputs.remove("user_data");

    Appraisal appraisal = appraise(Bundle.Ruling.NONE);
    assertEquals(Verdict.ACCEPTED, appraisal.verdict());
    assertEquals("bundle.user-data", appraisal.with(Outcome.WARNING).getFirst().id().id());
  }

  @Test
  void otherUserDataIsRefused() throws Exception {
    inputs.put("user_data", "00");

    assertTrue(appraise(Bundle.Ruling.NONE).reason().startsWith("fake.user-data"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"variant", "nonce", "config"})
  void anInputThatIsMissingIsTheManifestsFault(String member) {
    inputs.remove(member);

    var e = assertThrows(MalformedException.class, () -> appraise(Bundle.Ruling.NONE));
    assertTrue(e.getMessage().contains(member), e.getMessage());
  }

  @Test
  void aDocumentThatIsNoDocumentIsRefused() throws Exception {
    document = Bytes.ofUtf8("{");

    assertEquals(Verdict.REFUSED, appraise(Bundle.Ruling.NONE).verdict());
  }

  @Test
  void showsADocumentThatNoPlatformShows() throws Exception {
    String text = EvidenceReport.text(kind.show(bundle()));

    assertTrue(text.matches("(?s).*document\\.nonce +" + NONCE.hex() + "\n.*"), text);
  }

  private Appraisal appraise(Bundle.Ruling own) throws MalformedException {
    return kind.appraise(bundle(), own, Instant.EPOCH);
  }

  private Bundle bundle() {
    ObjectNode manifest = Json.newObject();
    manifest.set("inputs", inputs);
    return new Bundle("attestation-document", manifest, Map.of("document", document));
  }
}
