package dev.asterism.attestation.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.TrustedRoots;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.testing.ForgedNitro;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

class NitroKindsTest {
  private static final Bytes NONCE = Bytes.ofUtf8("nonce");

  private final EvidenceKind tpm = new NitroTpmKind();
  private final EvidenceKind enclave = new NitroEnclaveKind();
  private final Map<String, Bytes> files = new TreeMap<>();
  private final ObjectNode inputs = Json.newObject();
  private Instant at = ForgedNitro.NOW;

  NitroKindsTest() {
    inputs.put("nonce", NONCE.hex());
  }

  @Test
  void acceptsADocumentTaggedOrNot() throws Exception {
    assertAccepted(tpm, f -> {});
    assertAccepted(tpm, f -> f.tagged = true);
    assertAccepted(enclave, NitroKindsTest::ofAnEnclave);
  }

  @Test
  void ignoresWhatIsNotSignedOrNotKnown() throws Exception {
    assertAccepted(
        tpm, f -> f.unprotectedHeader = Bytes.concat(bytes(0xa1), bytes(0x01), bytes(0x26)));
    assertAccepted(tpm, f -> f.members.put("something", ForgedNitro.text("new")));
  }

  @Test
  void refusesAnotherAlgorithm() throws Exception {
    assertOnly("nitro.parse", tpm, f -> f.protectedHeader = bytes(0xa1, 0x01, 0x26));
  }

  @Test
  void refusesAProtectedMemberThatItDoesNotKnow() throws Exception {
    assertOnly("nitro.parse", tpm, f -> f.protectedHeader = bytes(0xa2, 1, 0x38, 0x22, 2, 0x80));
  }

  @Test
  void refusesBytesBehindTheDocument() throws Exception {
    assertOnly("nitro.parse", tpm, f -> f.tail = Bytes.zeros(1));
  }

  @ParameterizedTest
  @CsvSource({
    "digest, 66534841323536", // SHA256
    "digest, 00",
    "timestamp, 00",
    "timestamp, 6131",
    "module_id, 60",
    "nitrotpm_pcrs, a0",
    "nitrotpm_pcrs, 80",
    "nitrotpm_pcrs, a161305830000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    "nitrotpm_pcrs, a100420000",
    "nitrotpm_pcrs, a12041ff",
    "nitrotpm_pcrs, a1205830000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    "certificate, f6",
    "certificate, 4101",
    "cabundle, 80",
    "cabundle, a0",
    "cabundle, 814101",
    "nonce, 6131",
    "pcrs, a0", // of an enclave as well
  })
  void refusesAMemberThatIsNotAsItMustBe(String member, String cbor) throws Exception {
    Bytes value = Bytes.ofHex("cbor", cbor);
    assertOnly("nitro.parse", tpm, f -> f.members.put(member, value));
  }

  @Test
  void readsWhatReachesToItsLimits() throws Exception {
    assertAccepted(tpm, f -> f.publicKey = Bytes.zeros(4096));
    assertOnly("nitro.parse", tpm, f -> f.publicKey = Bytes.zeros(4097));
    assertAccepted(tpm, f -> f.pcrs.put(31, ForgedNitro.filled(1)));
    assertAccepted(tpm, f -> bundle(f, 8));
    assertOnly("nitro.parse", tpm, f -> bundle(f, 9));
    assertOnly(
        "nitro.parse",
        tpm,
        f -> f.members.put("certificate", ForgedNitro.string(Bytes.zeros(4097))));
    assertOnly("nitro.parse", tpm, f -> f.members.put("timestamp", bytes(0x20)));
    assertAccepted(tpm, f -> f.members.put("timestamp", bytes(0x01)));
  }

  /** That many times the root. */
  private static void bundle(ForgedNitro forged, int count) {
    try {
      Bytes one = ForgedNitro.string(Bytes.of(forged.root.certificate().getEncoded()));
      Bytes all = bytes(0x80 + count);
      for (int i = 0; i < count; i++) {
        all = Bytes.concat(all, one);
      }
      forged.members.put("cabundle", all);
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anEnvelopeHasItsFourPartsAndNothingElse() throws Exception {
    Bytes good = ForgedNitro.with(f -> {}).document();
    CoseSign1.parse(good);
    CoseSign1.parse(Bytes.concat(bytes(0xd2), good));
    Bytes header = ForgedNitro.string(bytes(0xa1, 0x01, 0x38, 0x22));
    Bytes map = bytes(0xa0);
    Bytes payload = bytes(0x40);
    Bytes signature = ForgedNitro.string(Bytes.zeros(96));
    CoseSign1.parse(Bytes.concat(bytes(0x84), header, map, payload, signature));
    assertThrows(MalformedException.class, () -> NitroDocument.parse(bytes(0x80)));
    for (Bytes bad :
        List.of(
            Bytes.concat(bytes(0xd1), good),
            map,
            Bytes.concat(bytes(0x83), header, map, payload),
            Bytes.concat(bytes(0x85), header, map, payload, signature, bytes(0)),
            Bytes.concat(bytes(0x84), bytes(0), map, payload, signature),
            Bytes.concat(bytes(0x84), header, bytes(0), payload, signature),
            Bytes.concat(bytes(0x84), header, map, bytes(0), signature),
            Bytes.concat(bytes(0x84), header, map, payload, bytes(0)),
            Bytes.concat(bytes(0x84), header, map, payload, ForgedNitro.string(Bytes.zeros(95))),
            Bytes.concat(bytes(0x84), header, map, payload, ForgedNitro.string(Bytes.zeros(97))))) {
      assertThrows(MalformedException.class, () -> CoseSign1.parse(bad), bad::hex);
    }
  }

  @Test
  void aQuoteOfAnotherBankIsNotCompared() throws Exception {
    ForgedVtpm vtpm = quoted();
    vtpm.banks.set(0, Digests.SHA256);
    Bytes attest = vtpm.attest(Digests.SHA256);
    files.put("attest", attest);
    files.put("signature", vtpm.rawSignature(attest));
    ObjectNode pcrs = Json.newObject();
    ObjectNode bank = pcrs.putObject("sha256");
    vtpm.pcrs(Digests.SHA256).forEach((i, v) -> bank.put(Integer.toString(i), v.hex()));
    files.put("pcrs", Bytes.ofUtf8(pcrs.toString()));
    inputs.put("bank", "sha256");
    ForgedNitro forged =
        ForgedNitro.with(f -> f.publicKey = Bytes.of(vtpm.key.getPublic().getEncoded()));
    Appraisal appraisal = appraise(tpm, forged);
    assertTrue(appraisal.accepted(), appraisal.reason());
    assertTrue(
        appraisal.with(Outcome.WARNING).stream().anyMatch(c -> c.id().id().equals("nitro.quote")));
  }

  @Test
  void aRegisterThatTheDocumentLeavesOutIsNotCompared() throws Exception {
    ForgedVtpm vtpm = quoted();
    assertAccepted(
        tpm,
        f -> {
          f.publicKey = Bytes.of(vtpm.key.getPublic().getEncoded());
          f.pcrs.remove(9);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"100\":\"A\"}", "{\"x\":\"A\"}", "{\"4\":1}", "{\"4\":\"00\"}"})
  void expectedRegistersHaveTheirForm(String json) throws Exception {
    inputs.set("expected_pcrs", Json.object("pcrs", json.replace("A", "00".repeat(48))));
    assertThrows(MalformedException.class, () -> appraise(tpm, ForgedNitro.with(f -> {})));
  }

  @Test
  void refusesARegisterThatNoMachineHas() throws Exception {
    assertOnly("nitro.parse", tpm, f -> f.pcrs.put(32, ForgedNitro.filled(1)));
  }

  @Test
  void oneKindIsNotTheOther() throws Exception {
    Check ofTpm = only("nitro.kind", tpm, NitroKindsTest::ofAnEnclave);
    assertEquals("of a NitroTPM", ofTpm.expected());
    assertEquals("of an enclave", ofTpm.actual());
    Check ofEnclave = only("nitro.kind", enclave, f -> {});
    assertEquals("of an enclave", ofEnclave.expected());
    assertEquals("of a NitroTPM", ofEnclave.actual());
  }

  @Test
  void refusesAnotherRootOfTheSameName() throws Exception {
    ForgedNitro forged = ForgedNitro.with(f -> {});
    CertificateAuthority other =
        CertificateAuthority.create(
            "root", ForgedNitro.NOW.minus(Duration.ofDays(1)), ForgedNitro.NOW.plusSeconds(86_400));
    assertFailed("nitro.chain", appraise(tpm, forged, other));
  }

  @Test
  void refusesAnAuthorityAsSigner() throws Exception {
    assertOnly("nitro.chain", tpm, f -> f.usage = Usage.CA);
  }

  /** An authority that may have none below it is one all the same. */
  @Test
  void refusesTheLastAuthorityAsSigner() throws Exception {
    KeyPair pair = ForgedVtpm.keyPair("vendor RSA");
    Instant from = ForgedNitro.NOW.minusSeconds(9);
    Instant to = ForgedNitro.NOW.plusSeconds(9);
    var vendor =
        PssAuthority.root(
            pair,
            new PssAuthority.Request(
                pair.getPublic(), "CN=root", BigInteger.ONE, from, to, true, Map.of()));
    for (String constraints : List.of("3000", "30060101ff020100")) {
      ForgedNitro forged = ForgedNitro.with(f -> {});
      X509Certificate leaf =
          vendor.issue(
              new PssAuthority.Request(
                  forged.key.getPublic(),
                  "CN=i",
                  BigInteger.TEN,
                  from,
                  to,
                  false,
                  Map.of("2.5.29.19", Bytes.ofHex("constraints", constraints))));
      forged.members.put("certificate", ForgedNitro.string(Bytes.of(leaf.getEncoded())));
      Bytes root = Bytes.of(vendor.certificate().getEncoded());
      forged.members.put("cabundle", Bytes.concat(bytes(0x81), ForgedNitro.string(root)));
      files.put("document", forged.document());
      Appraisal appraisal = appraise(tpm, vendor.certificate());
      assertEquals(constraints.equals("3000"), appraisal.accepted(), appraisal.reason());
    }
  }

  /** Nobody looks at the list of checks once more. */
  @Test
  void nothingIsVerifiedWhereAStepFails() throws Exception {
    assertTrue(verified(f -> {}, true, ForgedNitro.NOW));
    assertFalse(verified(f -> {}, false, ForgedNitro.NOW));
    assertFalse(verified(f -> f.usage = Usage.CA, true, ForgedNitro.NOW));
    assertFalse(verified(f -> {}, true, ForgedNitro.NOW.plusSeconds(3601)));
    KeyPair other = ForgedVtpm.keyPair("other secp384r1");
    assertFalse(verified(f -> f.signer = other.getPrivate(), true, ForgedNitro.NOW));
  }

  private static boolean verified(Consumer<ForgedNitro> change, boolean ofTpm, Instant at) {
    ForgedNitro forged = ForgedNitro.with(change);
    var roots = new TrustedRoots(List.of(forged.root.certificate()), Set.of());
    Checklist checks = new Checklist(NitroVerifier.PLAN);
    boolean verified =
        new NitroVerifier(roots).verify(checks, forged.document(), ofTpm, at).isPresent();
    assertEquals(verified, !checks.anyFailed());
    return verified;
  }

  @Test
  void aKeyThatMakesNoSuchSignaturesMadeNone() throws Exception {
    CoseSign1 envelope = CoseSign1.parse(ForgedNitro.with(f -> {}).document());
    for (String key : List.of("RSA", "secp256r1", "other secp384r1")) {
      assertFalse(envelope.signedBy(ForgedVtpm.keyPair(key).getPublic()), key);
    }
  }

  @Test
  void refusesADocumentAfterItsTime() throws Exception {
    at = ForgedNitro.NOW.plusSeconds(3601);
    assertOnly("nitro.validity", tpm, f -> {});
  }

  @Test
  void refusesAChangedPayload() throws Exception {
    ForgedNitro forged = ForgedNitro.with(f -> {});
    Bytes document = forged.document();
    byte[] changed = document.toArray();
    changed[changed.length - 1] ^= 1;
    files.put("document", Bytes.of(changed));
    assertFailed("nitro.signature", appraise(tpm, forged.root));
  }

  @Test
  void refusesAnotherNonceAndTakesTheDocumentsOwn() throws Exception {
    assertOnly("nitro.nonce", tpm, f -> f.nonce = Bytes.ofUtf8("other"));
    assertOnly("nitro.nonce", tpm, f -> f.nonce = null);
    inputs.put("document_nonce", Bytes.ofUtf8("other").hex());
    assertAccepted(tpm, f -> f.nonce = Bytes.ofUtf8("other"));
    inputs.put("document_nonce", "");
    assertAccepted(tpm, f -> f.nonce = null);
    assertAccepted(tpm, f -> f.members.put("nonce", Bytes.EMPTY));
  }

  @Test
  void refusesOtherUserData() throws Exception {
    inputs.put("user_data", "00");
    assertAccepted(
        enclave,
        f -> {
          ofAnEnclave(f);
          f.userData = Bytes.zeros(1);
        });
    assertOnly("nitro.user-data", enclave, NitroKindsTest::ofAnEnclave);
  }

  @Test
  void refusesAnotherValueOfAPcr() throws Exception {
    inputs.putObject("expected_pcrs").put("4", ForgedNitro.filled(7).hex());
    assertAccepted(tpm, f -> {});
    assertEquals(
        List.of("nitro.user-data", "nitro.debug"),
        appraise(tpm, ForgedNitro.with(f -> {})).with(Outcome.SKIPPED).stream()
            .map(c -> c.id().id())
            .toList());
    assertEquals(
        ForgedNitro.filled(8).hex(),
        only("nitro.pcr", tpm, f -> f.pcrs.put(4, ForgedNitro.filled(8))).actual());
    assertEquals("no value", only("nitro.pcr", tpm, f -> f.pcrs.remove(4)).actual());
  }

  @Test
  void refusesAnEnclaveInDebugModeUnlessAllowed() throws Exception {
    Consumer<ForgedNitro> debug = f -> f.pcrMember = "pcrs";
    assertOnly("nitro.debug", enclave, debug);
    for (JsonNode no : List.of(BooleanNode.FALSE, NullNode.getInstance())) {
      inputs.set("allow_debug", no);
      assertOnly("nitro.debug", enclave, debug);
    }
    assertEquals("", debug(NitroKindsTest::ofAnEnclave).note());
    assertEquals("the enclave runs in debug mode: its host reads its memory", debug(debug).note());
    inputs.put("allow_debug", true);
    assertAccepted(enclave, debug);
    assertEquals(
        List.of("nitro.debug"),
        appraise(enclave, ForgedNitro.with(debug)).with(Outcome.WARNING).stream()
            .map(c -> c.id().id())
            .toList());
  }

  private Check debug(Consumer<ForgedNitro> change) throws Exception {
    return appraise(enclave, ForgedNitro.with(change)).checks().stream()
        .filter(c -> c.id().id().equals("nitro.debug"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ourOwnNonceReplacesTheManifests() throws Exception {
    var own = new Bundle.Ruling(null, null, Bytes.ofUtf8("own"));
    ForgedNitro forged = ForgedNitro.with(f -> f.nonce = own.nonce());
    assertFailed("nitro.nonce", appraise(tpm, forged));
    assertTrue(tpm.appraise(bundle(), own, at).accepted());
  }

  @Test
  void whatAQuoteProvesIsAskedOnlyOfADocumentThatAnswers() throws Exception {
    ForgedVtpm vtpm = quoted();
    ForgedNitro forged =
        ForgedNitro.with(f -> {
          f.publicKey = Bytes.of(vtpm.key.getPublic().getEncoded());
          f.nonce = null;
        });
    assertTrue(
        appraise(tpm, forged).with(Outcome.SKIPPED).stream()
            .anyMatch(c -> c.id().id().equals("quote.signature")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonce", "user_data", "allow_debug", "expected_pcrs"})
  void namesTheInputThatIsWrong(String member) {
    inputs.put(member, 1);
    var e = assertThrows(MalformedException.class, () -> appraise(tpm, ForgedNitro.with(f -> {})));
    assertTrue(e.getMessage().contains(member), e.getMessage());
  }

  @Test
  void takesAQuoteByTheKeyThatTheDocumentNames() throws Exception {
    ForgedVtpm vtpm = quoted();
    Bytes spki = Bytes.of(vtpm.key.getPublic().getEncoded());
    assertAccepted(tpm, f -> f.publicKey = spki);
    assertAccepted(tpm, f -> f.publicKey = spki.slice(spki.length() - 65, spki.length()));
    assertOnly("nitro.key", tpm, f -> f.publicKey = null);
    assertOnly("nitro.key", tpm, f -> f.publicKey = Bytes.zeros(65));
    Bytes other = Bytes.of(ForgedVtpm.keyPair("other RSA").getPublic().getEncoded());
    assertOnly("quote.signature", tpm, f -> f.publicKey = other);
    Bytes attest = files.get("attest");
    files.put("attest", Bytes.zeros(3));
    assertOnly("files.parse", tpm, f -> f.publicKey = spki);
    files.put("attest", attest);
    assertOnly(
        "nitro.quote",
        tpm,
        f -> {
          f.publicKey = spki;
          f.pcrs.put(4, ForgedNitro.filled(9));
        });
  }

  @Test
  void everyPrefixIsRefused() throws Exception {
    ForgedNitro forged = ForgedNitro.with(f -> {});
    Bytes document = forged.document();
    for (int length = 0; length < document.length(); length++) {
      files.put("document", document.slice(0, length));
      assertFailed("nitro.parse", appraise(tpm, forged.root));
    }
  }

  @Test
  void showsWhatIsInside() throws Exception {
    assertEquals(Set.of("aws-nitrotpm"), tpm.kinds());
    assertEquals(Set.of("aws-nitro-enclave"), enclave.kinds());
    files.put("document", ForgedNitro.with(NitroKindsTest::ofAnEnclave).document());
    List<EvidenceKind.Fact> other = enclave.show(bundle());
    assertTrue(other.contains(new EvidenceKind.Fact("of", "enclave")));
    assertTrue(other.contains(new EvidenceKind.Fact("nonce", NONCE.hex())));
    assertTrue(other.stream().noneMatch(f -> f.label().equals("userData")));
    files.put("document", ForgedNitro.with(f -> {}).document());
    List<EvidenceKind.Fact> facts = tpm.show(bundle());
    Bytes full =
        ForgedNitro.with(
                f -> {
                  f.publicKey = bytes(1);
                  f.userData = bytes(2);
                })
            .document();
    files.put("document", full);
    List<EvidenceKind.Fact> more = tpm.show(bundle());
    assertTrue(more.contains(new EvidenceKind.Fact("publicKey", "01")));
    assertTrue(more.contains(new EvidenceKind.Fact("userData", "02")));
    assertTrue(facts.contains(new EvidenceKind.Fact("certificates", "2")));
    assertTrue(facts.contains(new EvidenceKind.Fact("timestamp", ForgedNitro.NOW.toString())));
    assertTrue(facts.contains(new EvidenceKind.Fact("PCR 4", ForgedNitro.filled(7).hex())));
    assertTrue(facts.contains(new EvidenceKind.Fact("of", "NitroTPM")));
    assertFalse(facts.contains(new EvidenceKind.Fact("publicKey", "")));
  }

  /** Files of a quote over the SHA-384 bank, with the same values as the document. */
  private ForgedVtpm quoted() {
    ForgedVtpm vtpm =
        ForgedVtpm.with(f -> {
          f.ecdsa("secp256r1", Digests.SHA256);
          f.extraData = NONCE;
          f.banks.clear();
          f.banks.add(Digests.SHA384);
          for (int i = 0; i < 24; i++) {
            f.pcrs(Digests.SHA384).put(i, i == 4 ? ForgedNitro.filled(7) : Bytes.zeros(48));
          }
        });
    Bytes attest = vtpm.attest(Digests.SHA384);
    files.put("attest", attest);
    files.put("signature", vtpm.rawSignature(attest));
    ObjectNode pcrs = Json.newObject();
    ObjectNode bank = pcrs.putObject("sha384");
    vtpm.pcrs(Digests.SHA384).forEach((i, v) -> bank.put(Integer.toString(i), v.hex()));
    files.put("pcrs", Bytes.ofUtf8(pcrs.toString()));
    inputs.put("bank", "sha384").put("signature_format", "ecdsa-sha256-der");
    return vtpm;
  }

  private static void ofAnEnclave(ForgedNitro forged) {
    forged.pcrMember = "pcrs";
    forged.pcrs.put(1, ForgedNitro.filled(1));
  }

  private static Bytes bytes(int... values) {
    return ForgedNitro.bytes(values);
  }

  private void assertAccepted(EvidenceKind kind, Consumer<ForgedNitro> change) throws Exception {
    Appraisal appraisal = appraise(kind, ForgedNitro.with(change));
    assertTrue(appraisal.accepted(), appraisal.reason());
  }

  private void assertOnly(String check, EvidenceKind kind, Consumer<ForgedNitro> change)
      throws Exception {
    assertFailed(check, appraise(kind, ForgedNitro.with(change)));
  }

  private Check only(String check, EvidenceKind kind, Consumer<ForgedNitro> change)
      throws Exception {
    Appraisal appraisal = appraise(kind, ForgedNitro.with(change));
    assertFailed(check, appraisal);
    return appraisal.with(Outcome.FAILED).getFirst();
  }

  private static void assertFailed(String check, Appraisal appraisal) {
    assertEquals(
        List.of(check),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList(),
        appraisal.reason());
  }

  private Appraisal appraise(EvidenceKind kind, ForgedNitro forged) throws MalformedException {
    return appraise(kind, forged, forged.root);
  }

  private Appraisal appraise(EvidenceKind kind, ForgedNitro forged, CertificateAuthority trusted)
      throws MalformedException {
    files.put("document", forged.document());
    return appraise(kind, trusted);
  }

  private Appraisal appraise(EvidenceKind kind, CertificateAuthority trusted)
      throws MalformedException {
    return appraise(kind, trusted.certificate());
  }

  private Appraisal appraise(EvidenceKind kind, X509Certificate trusted) throws MalformedException {
    try {
      files.put("root", Bytes.of(trusted.getEncoded()));
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
    return kind.appraise(bundle(), Bundle.Ruling.NONE, at);
  }

  private Bundle bundle() {
    ObjectNode manifest = Json.newObject();
    manifest.set("inputs", inputs);
    manifest.putObject("trust").put("file", "root.der");
    ObjectNode names = manifest.putObject("files");
    files.keySet().forEach(role -> names.put(role, role + ".der"));
    return new Bundle("aws", manifest, files);
  }
}
