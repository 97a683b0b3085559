package dev.asterism.attestation.snp;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Measurements.Measurement;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Judges documents of variant {@code sev-snp} by one policy. */
final class SnpVerifier implements Verifier {
  static final CheckId DOCUMENT = new CheckId("document.parse", Stage.PARSE);
  static final CheckId BINDING = new CheckId("report.data", Stage.NONCE);
  static final CheckId USER_DATA = new CheckId("document.user-data", Stage.BINDING);
  static final CheckId MEASUREMENT = new CheckId("measurement", Stage.POLICY);

  /** Of the cluster that the node claims to be of. */
  static final CheckId CLUSTER = new CheckId("claims.cluster", Stage.POLICY);

  private static final List<CheckId> PLAN = plan();

  private final SnpPolicy policy;
  private final ReportPolicy reports;
  private final ReportVerifier verifier;

  SnpVerifier(SnpPolicy policy) {
    this.policy = policy;
    this.reports = policy.reports();
    this.verifier =
        new ReportVerifier(
            policy.config().roots(),
            policy.config().revocation(),
            policy.chains(),
            policy.source());
  }

  private static List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(List.of(DOCUMENT));
    plan.addAll(ReportChecks.PLAN);
    plan.addAll(List.of(BINDING, USER_DATA));
    plan.addAll(ReportAppraisal.PLAN);
    plan.addAll(List.of(MEASUREMENT, CLUSTER));
    return List.copyOf(plan);
  }

  /** A document, everything in it read. */
  private record Parsed(
      SnpDocument document, SnpReport report, CertificateTable table, SnpClaims claims) {
    static Parsed of(Bytes json) throws MalformedException {
      SnpDocument document = SnpDocument.parse(json);
      Bytes table = document.certTable();
      return new Parsed(
          document,
          SnpReport.parse(document.report()),
          table == null ? new CertificateTable(List.of()) : CertificateTable.parse(table),
          SnpClaims.parse(document.claims()));
    }

    CertificateSet certificates() {
      return CertificateSet.of(table, report.signer().orElse(KeyKind.VCEK));
    }
  }

  @Override
  public Variant variant() {
    return policy.variant();
  }

  @Override
  public Appraisal verify(Bytes document, Challenge challenge) {
    Checklist checks = new Checklist(PLAN);
    // 1. Everything is read once; what is verified and what is used are the same objects.
    Parsed parsed;
    try {
      parsed = Parsed.of(document);
    } catch (MalformedException e) {
      checks.fail(DOCUMENT, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(DOCUMENT, "");
    // 2. AMD's hardware made the report.
    Optional<VerifiedReport> verified =
        verifier.verify(checks, parsed.report(), parsed.certificates(), challenge.at());
    if (verified.isEmpty()) {
      return checks.conclude(null);
    }
    // 3. Now, for us, and for whom the document speaks.
    VerifiedReport report = verified.get();
    checks.equal(
        BINDING,
        SnpDocument.reportData(
            parsed.document().userData(), challenge.nonce(), parsed.document().claims()),
        parsed.report().reportData());
    userData(checks, parsed.document(), challenge);
    if (checks.anyFailed()) {
      return checks.conclude(null);
    }
    // 4. Genuine; is it good?
    ReportAppraisal.appraise(checks, reports, report);
    measurement(checks, report);
    cluster(checks, parsed.claims());
    return checks.conclude(claims(parsed, report));
  }

  private static void userData(Checklist checks, SnpDocument document, Challenge challenge) {
    Bytes expected = challenge.userData();
    if (expected == null) {
      checks.skip(USER_DATA, "nobody said what it must be");
    } else {
      checks.equal(USER_DATA, expected, document.userData());
    }
  }

  /** One that only warns; one that is enforced is in the list of good ones. */
  private void measurement(Checklist checks, VerifiedReport report) {
    Measurement launch = policy.measurements().byIndex().get(SnpPolicy.LAUNCH);
    Bytes actual = report.report().measurement();
    if (launch == null) {
      checks.skip(MEASUREMENT, "the policy names none of index " + SnpPolicy.LAUNCH);
    } else {
      boolean matches = launch.matches(actual);
      checks.add(
          MEASUREMENT,
          variant().registerName(SnpPolicy.LAUNCH),
          matches ? Outcome.PASSED : launch.warnOnly() ? Outcome.WARNING : Outcome.FAILED,
          launch.expected().hex(),
          actual.hex(),
          !matches && launch.warnOnly() ? "warn only" : "");
    }
  }

  private void cluster(Checklist checks, SnpClaims claims) {
    Measurement expected = policy.measurements().byIndex().get(SnpPolicy.CLUSTER);
    String actual = claims.clusterId() == null ? "none" : claims.clusterId().hex();
    if (expected == null) {
      checks.skip(CLUSTER, "the policy does not ask; it claims " + actual);
      return;
    }
    String wanted =
        expected.mustBeSet()
            ? "some cluster"
            : expected.expected().isAllZero() ? "none" : "the one asked for";
    boolean matches = expected.matches(claims.register());
    checks.add(
        CLUSTER,
        "",
        matches ? Outcome.PASSED : expected.warnOnly() ? Outcome.WARNING : Outcome.FAILED,
        wanted,
        actual,
        "");
  }

  private Claims claims(Parsed parsed, VerifiedReport report) {
    Map<Integer, Bytes> measured = new TreeMap<>();
    measured.put(SnpPolicy.LAUNCH, report.report().measurement());
    measured.put(SnpPolicy.CLUSTER, parsed.claims().register());
    return new Claims(
        variant(), parsed.document().userData(), new TreeMap<>(measured), report.identity());
  }
}
