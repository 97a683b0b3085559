package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.testing.BundleFolder;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.PasswordKind;
import dev.asterism.wire.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests changed at random: each gets a line with a verdict, none an exception. */
class ChangedManifestTest {
  private static final int ROUNDS = 3000;
  private static final String[] WORDS = {
    "null",
    "true",
    "-1",
    "1e99",
    "\"\"",
    "[]",
    "{}",
    "\"../secret\"",
    "\"\\u0000\"",
    "[[[[",
    "9".repeat(30)
  };

  private final EvidenceVerification verification =
      new EvidenceVerification(
          List.of(
              new PasswordKind(),
              new DocumentKind(List.of(new FakePlatform())),
              new KdfKind(),
              new ExtraDataKind(Digests.SHA256::of)),
          InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")));

  @TempDir Path temp;

  @Test
  void everyManifestHoweverOddGetsAVerdict() throws Exception {
    BundleFolder made = BundleFolder.password(temp.resolve("bundle"));
    made.manifest.put("expect", "invalid");
    made.manifest.putObject("truncate").put("file", "password").putArray("lengths").add(0).add(3);
    made.manifest
        .putArray("cases")
        .addObject()
        .put("secret", "00")
        .put("salt", "00")
        .put("info", "00")
        .put("length", 4)
        .put("user_data", "00")
        .put("nonce", "00")
        .put("output", "00");
    made.inputs().put("variant", "qemu-vtpm").put("user_data", "00");
    made.inputs().putObject("config").putObject("measurements").put("4", "00".repeat(32));
    made.files().put("document", "password.bin");
    var random = new Random(20260131);
    var verdicts = new TreeSet<String>();
    for (String kind :
        List.of("password", "attestation-document", "hkdf-sha256", "quote-extra-data")) {
      made.manifest.put("kind", kind);
      byte[] whole = Json.line(made.manifest).getBytes(StandardCharsets.UTF_8);
      for (int round = 0; round < ROUNDS; round++) {
        Files.write(made.folder.resolve("evidence.json"), changed(whole, random));
        Judgement judgement = verification.judge(made.path(), OwnRuling.NONE);
        assertNotEquals("bundle.judged", judgement.appraisal().checks().getFirst().id().id());
        assertEquals(made.path(), judgement.toJson().get("bundle").stringValue());
        verdicts.add(judgement.appraisal().verdict().id() + judgement.readable());
      }
    }
    assertTrue(
        verdicts.containsAll(List.of("refusedtrue", "refusedfalse", "undecidedtrue")),
        "" + verdicts);
  }

  private static byte[] changed(byte[] whole, Random random) {
    byte[] changed = whole.clone();
    switch (random.nextInt(4)) {
      case 0 -> changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      case 2 ->
          changed =
              new String(whole, StandardCharsets.UTF_8)
                  .substring(0, random.nextInt(whole.length))
                  .getBytes(StandardCharsets.UTF_8);
      default -> changed = oneValueReplaced(whole, random);
    }
    return changed;
  }

  /** Well-formed again as a rule, so that the parsers behind JSON are reached. */
  private static byte[] oneValueReplaced(byte[] whole, Random random) {
    String text = new String(whole, StandardCharsets.UTF_8);
    int colon = text.indexOf(':', random.nextInt(text.length()));
    if (colon < 0) {
      return whole;
    }
    String rest = text.substring(colon + 1);
    String word = WORDS[random.nextInt(WORDS.length)];
    return (text.substring(0, colon + 1)
            + rest.replaceFirst(
                "^(\"[^\"]*\"|[0-9]+|\\[[^]]*]|\\{[^{}]*})", word.replace("\\", "\\\\")))
        .getBytes(StandardCharsets.UTF_8);
  }
}
