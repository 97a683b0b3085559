package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Check;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Verdict;
import dev.asterism.testing.BundleFolder;
import dev.asterism.testing.PasswordKind;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceVerificationTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private final EvidenceVerification verification =
      new EvidenceVerification(List.of(new PasswordKind()), InstantSource.fixed(NOW));

  @TempDir Path temp;
  BundleFolder made;

  @BeforeEach
  void makeAGoodBundle() throws IOException {
    made = BundleFolder.password(temp.resolve("bundle"));
  }

  @Test
  void judgesByTheManifestAndWarnsThatItDid() {
    Judgement judgement = judge(OwnRuling.NONE);

    assertEquals(Verdict.ACCEPTED, judgement.appraisal().verdict());
    Check ruling = check(judgement, "bundle.ruling");
    assertEquals(Outcome.WARNING, ruling.outcome());
    assertTrue(ruling.note().startsWith("policy, nonce, time are the manifest's"), ruling.note());
  }

  @Test
  void judgesByOurNonceAndTime() throws Exception {
    Bytes nonce = Bytes.ofHex("", "ffff");
    Judgement otherNonce = judge(new OwnRuling(null, null, nonce, null));
    assertEquals("password.word: expected ffff got 0a0b0c0d", otherNonce.appraisal().reason());

    Judgement otherTime =
        judge(new OwnRuling(null, null, null, Instant.parse("2027-01-01T00:00:00Z")));
    assertEquals(Verdict.REFUSED, otherTime.appraisal().verdict());
    assertTrue(otherTime.appraisal().reason().startsWith("password.time"));
  }

  @Test
  void warnsOfNothingThatWeDecidedOurselves() throws Exception {
    var own = new OwnRuling(Json.newObject(), null, Bytes.ofHex("", "0a0b0c0d"), NOW);

    assertTrue(
        judge(own).appraisal().checks().stream()
            .noneMatch(c -> c.id().equals(BundleChecks.RULING)));
  }

  @Test
  void takesTheClockWhereNobodyNamesATime() throws Exception {
    made.manifest.remove("at");
    made.save();

    assertEquals(NOW.toString(), check(judge(OwnRuling.NONE), "password.time").actual());
  }

  @Test
  void anUnknownKindIsUndecided() throws Exception {
    made.manifest.put("kind", "tarot");
    made.save();

    Judgement judgement = judge(OwnRuling.NONE);
    assertEquals(Verdict.UNDECIDED, judgement.appraisal().verdict());
    assertTrue(judgement.appraisal().reason().contains("no verifier for evidence of kind tarot"));
  }

  @Test
  void whatCannotBeReadIsRefusedWithAReason() {
    Judgement judgement = verification.judge(temp.resolve("nowhere").toString(), OwnRuling.NONE);

    assertFalse(judgement.readable());
    assertEquals(Verdict.REFUSED, judgement.appraisal().verdict());
    assertEquals("bundle.readable", judgement.appraisal().checks().getFirst().id().id());
    assertFalse(verification.judge("nul\0", OwnRuling.NONE).readable());
  }

  @Test
  void aManifestThatTheKindCannotUseIsUnreadable() throws Exception {
    made.inputs().put("nonce", "xyz");
    made.save();

    Judgement judgement = judge(OwnRuling.NONE);
    assertFalse(judgement.readable());
    assertTrue(judgement.appraisal().reason().contains("inputs.nonce"));
  }

  @Test
  void aBugInAVerifierRefuses() throws Exception {
    made.inputs().put("explode", true);
    made.save();

    Judgement judgement = judge(OwnRuling.NONE);
    assertEquals(Verdict.REFUSED, judgement.appraisal().verdict());
    assertTrue(judgement.appraisal().reason().startsWith("bundle.judged"));
  }

  @Test
  void saysWhetherTheVerdictIsTheExpectedOne() throws Exception {
    assertExpectation("valid", true);
    assertExpectation("invalid", false);
    made.inputs().put("nonce", "00");
    assertExpectation("invalid", true);
    assertExpectation("valid", false);
  }

  @Test
  void anUndecidedBundleIsNeverAsExpected() throws Exception {
    made.inputs().put("offline", true);
    assertExpectation("valid", false);
    assertExpectation("invalid", false);
  }

  @Test
  void prefixesThatAreAllRefusedRefuseTheBundle() throws Exception {
    Judgement judgement = judgeTruncated();

    assertEquals(Verdict.REFUSED, judgement.appraisal().verdict());
    assertTrue(judgement.agrees());
    assertEquals(
        "truncate.prefixes: all 3 prefixes of password refused", judgement.appraisal().reason());
    assertEquals(
        List.of("password[0..0]", "password[0..1]", "password[0..3]"),
        judgement.appraisal().checks().stream()
            .filter(c -> c.id().equals(BundleChecks.TRUNCATE_PREFIX))
            .map(Check::subject)
            .toList());
  }

  @Test
  void onePrefixThatIsAcceptedDisagreesWithTheManifest() throws Exception {
    made.inputs().put("lenient", true);
    Judgement judgement = judgeTruncated();

    assertTrue(judgement.appraisal().accepted());
    assertFalse(judgement.agrees());
    assertTrue(check(judgement, "truncate.prefixes").note().contains("password[0..3]"));
  }

  @Test
  void aPrefixThatCannotEvenBeReadIsRefused() throws Exception {
    made.inputs().put("framed", true);
    Judgement judgement = judgeTruncated();

    assertTrue(judgement.readable());
    assertTrue(judgement.agrees());
    assertTrue(check(judgement, "truncate.prefix").note().contains("is not of four bytes"));
  }

  @Test
  void refusedPrefixesProveNothingWhereTheWholeIsRefusedToo() throws Exception {
    made.inputs().put("nonce", "ffffffff");
    Judgement judgement = judgeTruncated();

    assertEquals(Verdict.REFUSED, judgement.appraisal().verdict());
    assertFalse(judgement.agrees());
    assertTrue(judgement.appraisal().reason().startsWith("password.word"));
  }

  @Test
  void aLengthBeyondTheFileIsAFaultOfTheManifest() throws Exception {
    made.manifest.putObject("truncate").put("file", "password").putArray("lengths").add(5);
    made.save();

    assertFalse(judge(OwnRuling.NONE).readable());
  }

  @Test
  void showsTheManifestTheFilesAndWhatTheKindKnows() throws Exception {
    String text = EvidenceReport.text(verification.show(made.path()));

    assertEquals(
        """
        kind            password
        at              2026-01-01T00:00:00Z
        inputs.nonce    0a0b0c0d
        files.password  password.bin, 4 bytes, sha256:b23549dda157801533d1d272da5ff88683bf1fbe6ee46deb3066bf55f7d05507
        password        0a0b0c0d
        """,
        text);
  }

  private Judgement judgeTruncated() throws IOException {
    made.manifest.put("expect", "invalid");
    made.manifest
        .putObject("truncate")
        .put("file", "password")
        .putArray("lengths")
        .add(0)
        .add(1)
        .add(3);
    made.save();
    return judge(OwnRuling.NONE);
  }

  private void assertExpectation(String expect, boolean agrees) throws IOException {
    made.manifest.put("expect", expect);
    made.save();
    Judgement judgement = judge(OwnRuling.NONE);
    assertEquals(agrees, judgement.agrees());
    assertEquals(
        agrees ? Outcome.PASSED : Outcome.WARNING, check(judgement, "bundle.expect").outcome());
    String text = EvidenceReport.text(judgement);
    assertTrue(text.contains(agrees ? "[as the manifest expects]" : "[DISAGREES"), text);
  }

  private Judgement judge(OwnRuling own) {
    assertTrue(Files.exists(made.folder));
    return verification.judge(made.path(), own);
  }

  private static Check check(Judgement judgement, String id) {
    return judgement.appraisal().checks().stream()
        .filter(c -> c.id().id().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
