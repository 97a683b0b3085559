package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Verdict;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class KnownAnswersTest {
  private static final String PRK_CASE =
      """
      {"cases": [{"name": "rfc5869 A.1", "hash": "SHA-256",
        "secret": "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "salt": "000102030405060708090a0b0c", "info": "f0f1f2f3f4f5f6f7f8f9", "length": 42,
        "output": "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"}]}
      """;
  private static final String NO_SALT_CASE =
      """
      {"cases": [{"name": "rfc5869 A.3", "secret": "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "salt": null, "length": 42,
        "output": "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"}]}
      """;
  private static final String SSH_CASE =
      """
      {"cases": [{"name": "ssh", "length": 32,
        "secret": "0000000000000000000000000000000000000000000000000000000000000000",
        "salt": "0000000000000000000000000000000000000000000000000000000000000000",
        "info": "6b65792d63615f656d657267656e63795f737368",
        "output": "9e713c43390b642211dac2251376b4ac901635b197ccd2288393cc61bb73e127",
        "ed25519_public": "b136f283d8b953e94850a440505a1f31bbe0a731b0e7f0f6cc8e6dfc57a8f933"}]}
      """;
  private static final String EXTRA_CASE =
      """
      {"cases": [{"name": "text", "user_data": "757365722064617461",
        "nonce": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "output": "ecbfdfab90b921aa643961abc5c7979bdef11523a7ffe78352fd1d06b5e32039"}]}
      """;

  @Test
  void acceptsTheAnswersOfTheStandard() throws Exception {
    assertEquals(Verdict.ACCEPTED, verdict(new KdfKind(), PRK_CASE));
    assertEquals(Verdict.ACCEPTED, verdict(new KdfKind(), NO_SALT_CASE));
    assertEquals(
        Verdict.ACCEPTED,
        verdict(new KdfKind(), NO_SALT_CASE.replace("null", "\"\", \"info\": \"\"")));
    assertEquals(Verdict.ACCEPTED, verdict(new KdfKind(), SSH_CASE));
    assertEquals(Verdict.ACCEPTED, verdict(new ExtraDataKind(Digests.SHA256::of), EXTRA_CASE));
  }

  @Test
  void refusesAnyOtherAnswer() throws Exception {
    assertEquals(Verdict.REFUSED, verdict(new KdfKind(), PRK_CASE.replace("7185865", "7185864")));
    assertEquals(
        Verdict.REFUSED,
        verdict(new ExtraDataKind(Digests.SHA256::of), EXTRA_CASE.replace("2039", "2038")));
    Appraisal ssh = appraise(new KdfKind(), SSH_CASE.replace("a8f933", "a8f934"));
    assertTrue(ssh.reason().startsWith("ssh, Ed25519 public key: expected b136"), ssh.reason());
  }

  @Test
  void aHashThatIsNotKnownIsUndecided() throws Exception {
    assertEquals(
        Verdict.UNDECIDED, verdict(new KdfKind(), PRK_CASE.replace("SHA-256", "SHA3-256")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "8161", "-1", "\"42\"", "4.5", "99999999999"})
  void anImpossibleLengthIsMalformed(String length) {
    String manifest = PRK_CASE.replace("\"length\": 42", "\"length\": " + length);

    assertThrows(MalformedException.class, () -> verdict(new KdfKind(), manifest));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"cases\": []}", "{\"cases\": {}}", "{\"cases\": [1]}"})
  void aBundleWithoutCasesIsMalformed(String manifest) {
    assertThrows(MalformedException.class, () -> verdict(new KdfKind(), manifest));
    assertThrows(
        MalformedException.class, () -> verdict(new ExtraDataKind(Digests.SHA256::of), manifest));
  }

  @Test
  void isUndecidedWhereWeWantItJudgedByOurNonce() throws Exception {
    ObjectNode manifest = Json.object("manifest", EXTRA_CASE);
    var own = new Bundle.Ruling(null, null, Bytes.EMPTY);
    Appraisal appraisal =
        new ExtraDataKind(Digests.SHA256::of)
            .appraise(new Bundle("quote-extra-data", manifest, Map.of()), own, Instant.EPOCH);

    assertEquals(Verdict.UNDECIDED, appraisal.verdict());
    assertEquals("case.ruling", appraisal.checks().getLast().id().id());
  }

  private static Verdict verdict(EvidenceKind kind, String manifest) throws MalformedException {
    return appraise(kind, manifest).verdict();
  }

  private static Appraisal appraise(EvidenceKind kind, String manifest) throws MalformedException {
    var bundle = new Bundle("any", Json.object("manifest", manifest), Map.of());
    return kind.appraise(bundle, Bundle.Ruling.NONE, Instant.EPOCH);
  }
}
