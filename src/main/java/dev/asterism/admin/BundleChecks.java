package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The checks that are about the bundle and not about the evidence in it. */
final class BundleChecks {
  /** Folder, manifest and files can be read. */
  static final CheckId READABLE = new CheckId("bundle.readable", Stage.PARSE);

  /** There is a verifier for its kind. */
  static final CheckId KIND = new CheckId("bundle.kind", Stage.PARSE);

  /** The verifier came to an end. */
  static final CheckId JUDGED = new CheckId("bundle.judged", Stage.PARSE);

  /** Whose policy, nonce and time it was judged by. */
  static final CheckId RULING = new CheckId("bundle.ruling", Stage.POLICY);

  /** What came out is what the manifest expects. */
  static final CheckId EXPECT = new CheckId("bundle.expect", Stage.POLICY);

  /** The files as they are, before any is cut. */
  static final CheckId TRUNCATE_BASE = new CheckId("truncate.base", Stage.PARSE);

  /** The sum over all prefixes. */
  static final CheckId TRUNCATE = new CheckId("truncate.prefixes", Stage.PARSE);

  /** One prefix. */
  static final CheckId TRUNCATE_PREFIX = new CheckId("truncate.prefix", Stage.PARSE);

  private BundleChecks() {}

  static Check note(CheckId id, Outcome outcome, String note) {
    return new Check(id, "", outcome, "", "", note);
  }

  /** An appraisal of these checks alone. */
  static Appraisal conclude(Check... checks) {
    return conclude(List.of(checks));
  }

  static Appraisal conclude(List<Check> checks) {
    Checklist list = listing(checks);
    return list.conclude(null);
  }

  /** The same appraisal with further checks behind its own. */
  static Appraisal extended(Appraisal appraisal, List<Check> further) {
    var all = new ArrayList<>(appraisal.checks());
    all.addAll(further);
    return listing(all).conclude(appraisal.claims().orElse(null));
  }

  private static Checklist listing(List<Check> checks) {
    Stream<CheckId> plan = checks.stream().map(Check::id).distinct();
    var list = new Checklist(plan.toList());
    for (Check c : checks) {
      list.add(c.id(), c.subject(), c.outcome(), c.expected(), c.actual(), c.note());
    }
    return list;
  }
}
