package dev.asterism.admin;

import static dev.asterism.admin.BundleChecks.note;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Verdict;
import dev.asterism.wire.MalformedException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges bundles, one at a time; no bundle, however bad, keeps it from judging the next. */
public final class EvidenceVerification {
  private static final System.Logger LOG = System.getLogger(EvidenceVerification.class.getName());

  private final List<EvidenceKind> kinds;
  private final InstantSource clock;

  /**
   * @param clock the time to verify at where neither manifest nor person name one
   */
  public EvidenceVerification(List<EvidenceKind> kinds, InstantSource clock) {
    this.kinds = List.copyOf(kinds);
    this.clock = clock;
  }

  /**
   * Judges one bundle.
   *
   * @param path of the folder, as it was given
   */
  public Judgement judge(String path, OwnRuling own) {
    try {
      Bundle bundle = Bundles.read(Path.of(path));
      return judge(path, bundle, ManifestSays.parse(bundle.manifest()), own);
    } catch (MalformedException | InvalidPathException e) {
      return unreadable(path, e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "judging " + path + " failed", e);
      Check failure =
          note(
              BundleChecks.JUDGED,
              Outcome.FAILED,
              "the verifier failed (" + e.getClass().getSimpleName() + "): please report this");
      return new Judgement(path, BundleChecks.conclude(failure), true, null, true);
    }
  }

  /** What is inside, unverified. */
  public List<EvidenceKind.Fact> show(String path) throws MalformedException {
    Bundle bundle = Bundles.read(Path.of(path));
    var facts = new ArrayList<>(ManifestFacts.of(bundle));
    Optional<EvidenceKind> kind = kindOf(bundle);
    if (kind.isPresent()) {
      facts.addAll(kind.get().show(bundle));
    }
    return facts;
  }

  private Judgement judge(String path, Bundle bundle, ManifestSays manifest, OwnRuling own)
      throws MalformedException {
    Instant at = firstOf(own.at(), manifest.at(), clock.instant());
    Optional<EvidenceKind> kind = kindOf(bundle);
    Appraisal appraisal;
    boolean baseHolds = true;
    if (kind.isEmpty()) {
      appraisal =
          BundleChecks.conclude(
              note(
                  BundleChecks.KIND,
                  Outcome.UNAVAILABLE,
                  "this build has no verifier for evidence of kind " + bundle.kind()));
    } else {
      appraisal = kind.get().appraise(bundle, own.forKind(), at);
      if (manifest.truncate() != null && appraisal.verdict() == Verdict.ACCEPTED) {
        appraisal = TruncationTrial.of(kind.get(), bundle, own.forKind(), at, manifest.truncate());
      } else {
        baseHolds = manifest.truncate() == null;
      }
    }
    boolean agrees =
        manifest.expect() == null || (baseHolds && manifest.expect() == appraisal.verdict());
    var further = new ArrayList<Check>();
    ruling(own).ifPresent(further::add);
    if (manifest.expect() != null) {
      further.add(expectation(manifest.expect(), appraisal.verdict(), agrees, baseHolds));
    }
    return new Judgement(
        path, BundleChecks.extended(appraisal, further), true, manifest.expect(), agrees);
  }

  private Optional<EvidenceKind> kindOf(Bundle bundle) {
    return kinds.stream().filter(k -> k.kinds().contains(bundle.kind())).findFirst();
  }

  private static Optional<Check> ruling(OwnRuling own) {
    List<String> left = own.leftToTheManifest();
    if (left.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        note(
            BundleChecks.RULING,
            Outcome.WARNING,
            String.join(", ", left)
                + " are the manifest's: this proves only what its maker asked"
                + " (--config, --nonce and --at judge it by yours)"));
  }

  private static Check expectation(
      Verdict expected, Verdict actual, boolean agrees, boolean baseHolds) {
    String note = baseHolds ? "" : "the whole files must be accepted and their prefixes refused";
    return new Check(
        BundleChecks.EXPECT,
        "",
        agrees ? Outcome.PASSED : Outcome.WARNING,
        expected.id(),
        actual.id(),
        note);
  }

  private static Judgement unreadable(String path, Exception e) {
    String message = Optional.ofNullable(e.getMessage()).orElse("cannot be read");
    Check check = note(BundleChecks.READABLE, Outcome.FAILED, message);
    return new Judgement(path, BundleChecks.conclude(check), false, null, true);
  }

  private static Instant firstOf(
      @Nullable Instant own, @Nullable Instant manifest, Instant otherwise) {
    if (own != null) {
      return own;
    }
    return manifest != null ? manifest : otherwise;
  }
}
