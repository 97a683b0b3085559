package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.asterism.admin.AppraisalText;
import dev.asterism.admin.EvidenceVerification;
import dev.asterism.admin.Judgement;
import dev.asterism.admin.OwnRuling;
import dev.asterism.attestation.Verdict;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Walks the collection of real and forged evidence: what this build can judge must come out as each
 * vector expects, what it cannot must stay undecided. Where the collection lies: {@code
 * ASTERISM_VECTORS}, or {@code ../shared/vectors}.
 */
class VectorsTest {
  private static final Path ROOT =
      Path.of(Optional.ofNullable(System.getenv("ASTERISM_VECTORS")).orElse("../shared/vectors"));

  private final EvidenceVerification verification =
      new EvidenceVerification(Platforms.kinds(Vendors.NONE), InstantSource.system());

  @TestFactory
  Stream<DynamicTest> everyVectorComesOutAsExpected() throws IOException {
    if (!Files.isDirectory(ROOT)) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "vectors", () -> abort("no vectors in " + ROOT + "; name them in ASTERISM_VECTORS")));
    }
    List<Path> vectors = vectors();
    assertTrue(vectors.size() > 40, () -> "only " + vectors.size() + " vectors in " + ROOT);
    return vectors.stream()
        .map(v -> DynamicTest.dynamicTest(ROOT.relativize(v).toString(), () -> judge(v)));
  }

  private void judge(Path vector) throws Exception {
    String manifest = Files.readString(vector.resolve("vector.json"));
    String kind = Json.string(Json.object("manifest", manifest), "kind");
    Judgement judgement = verification.judge(vector.toString(), OwnRuling.NONE);

    assertTrue(judgement.readable(), () -> text(judgement));
    if (Platforms.kinds(Vendors.NONE).stream().anyMatch(k -> k.kinds().contains(kind))) {
      assertTrue(judgement.agrees(), () -> text(judgement));
      assertEquals(judgement.expectation(), Optional.of(judgement.appraisal().verdict()));
    } else {
      assertEquals(Verdict.UNDECIDED, judgement.appraisal().verdict());
    }
  }

  private static String text(Judgement judgement) {
    return judgement.bundle() + "\n" + AppraisalText.of(judgement.appraisal());
  }

  private static List<Path> vectors() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files.filter(f -> f.endsWith("vector.json")).map(Path::getParent).sorted().toList();
    }
  }
}
