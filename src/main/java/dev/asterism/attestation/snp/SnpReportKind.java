package dev.asterism.attestation.snp;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kind {@code snp-report}: one report and the certificates that vouch for it, as tools save them.
 * Nothing is looked up elsewhere.
 */
public final class SnpReportKind implements EvidenceKind {
  static final CheckId FILES = new CheckId("files.parse", Stage.PARSE);
  static final CheckId REPORT_DATA = new CheckId("report.data", Stage.BINDING);

  private final ChainVerifier chains;

  public SnpReportKind(ChainVerifier chains) {
    this.chains = chains;
  }

  @Override
  public Set<String> kinds() {
    return Set.of("snp-report");
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return ReportFacts.of(SnpReport.parse(bundle.file("report")), CertificateSet.of(bundle));
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    ObjectNode config = own.config();
    SnpInputs inputs = SnpInputs.of(bundle, config == null ? null : SnpConfig.parse(config));
    Bytes file = bundle.file("report");
    Checklist checks = new Checklist(plan());
    SnpReport report;
    CertificateSet certificates;
    try {
      report = SnpReport.parse(file);
      certificates = CertificateSet.of(bundle);
    } catch (MalformedException e) {
      checks.fail(FILES, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(FILES, "");
    Optional<VerifiedReport> verified =
        new ReportVerifier(inputs.roots(), inputs.revocation(), chains, EndorsementSource.NONE)
            .verify(checks, report, certificates, at);
    if (verified.isEmpty()) {
      return checks.conclude(null);
    }
    reportData(checks, report, own.nonce() != null ? own.nonce() : inputs.reportData());
    ReportAppraisal.appraise(checks, inputs.policy(), verified.get());
    // A report alone does not say what its data means: there are no claims.
    return checks.conclude(null);
  }

  private static List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(List.of(FILES));
    plan.addAll(ReportChecks.PLAN);
    plan.add(REPORT_DATA);
    plan.addAll(ReportAppraisal.PLAN);
    return plan;
  }

  private static void reportData(Checklist checks, SnpReport report, @Nullable Bytes expected) {
    if (expected == null) {
      checks.warn(REPORT_DATA, "nobody said what it must be: the report may be of any time");
    } else {
      checks.equal(REPORT_DATA, expected, report.reportData());
    }
  }
}
