package dev.asterism.admin;

import static dev.asterism.admin.BundleChecks.note;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Verdict;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries whether any prefix of a file passes for the whole. The verdict answers exactly that:
 * refused where every prefix is refused, as it must be; accepted where one is accepted.
 */
final class TruncationTrial {
  private TruncationTrial() {}

  /** Only for a bundle whose whole files are accepted: otherwise refusals prove nothing. */
  static Appraisal of(
      EvidenceKind kind,
      Bundle bundle,
      Bundle.Ruling own,
      Instant at,
      ManifestSays.Truncation truncation)
      throws MalformedException {
    var prefixes = new ArrayList<Check>();
    for (int length : truncation.lengths()) {
      Bundle cut = bundle.truncated(truncation.role(), length);
      prefixes.add(prefix(truncation.role(), length, appraise(kind, cut, own, at)));
    }
    var checks = new ArrayList<Check>();
    checks.add(note(BundleChecks.TRUNCATE_BASE, Outcome.PASSED, "the whole files are accepted"));
    checks.add(summary(truncation.role(), prefixes));
    checks.addAll(prefixes);
    return BundleChecks.conclude(checks);
  }

  /** The whole files can be read: what cannot is the prefix. */
  private static Appraisal appraise(EvidenceKind kind, Bundle cut, Bundle.Ruling own, Instant at) {
    try {
      return kind.appraise(cut, own, at);
    } catch (MalformedException e) {
      return BundleChecks.conclude(
          note(BundleChecks.READABLE, Outcome.FAILED, String.valueOf(e.getMessage())));
    }
  }

  private static Check prefix(String role, int length, Appraisal appraisal) {
    Outcome outcome =
        switch (appraisal.verdict()) {
          case REFUSED -> Outcome.PASSED;
          case ACCEPTED, UNDECIDED -> Outcome.WARNING;
        };
    return new Check(
        BundleChecks.TRUNCATE_PREFIX,
        role + "[0.." + length + "]",
        outcome,
        Verdict.REFUSED.id(),
        appraisal.verdict().id(),
        appraisal.accepted() ? "" : appraisal.reason());
  }

  private static Check summary(String role, List<Check> prefixes) {
    List<String> accepted = subjects(prefixes, Verdict.ACCEPTED);
    if (!accepted.isEmpty()) {
      return note(
          BundleChecks.TRUNCATE,
          Outcome.PASSED,
          "a prefix passes for the whole, which must never be: " + String.join(", ", accepted));
    }
    List<String> undecided = subjects(prefixes, Verdict.UNDECIDED);
    if (!undecided.isEmpty()) {
      return note(
          BundleChecks.TRUNCATE, Outcome.UNAVAILABLE, "undecided: " + String.join(", ", undecided));
    }
    return note(
        BundleChecks.TRUNCATE,
        Outcome.FAILED,
        "all " + prefixes.size() + " prefixes of " + role + " refused");
  }

  private static List<String> subjects(List<Check> prefixes, Verdict verdict) {
    return prefixes.stream()
        .filter(c -> c.actual().equals(verdict.id()))
        .map(Check::subject)
        .toList();
  }
}
