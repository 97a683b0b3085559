package dev.asterism.attestation.gcp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.snp.InstanceReports;
import dev.asterism.attestation.snp.VerifiedReport;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.VtpmDocument;
import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The key of {@code gcp-sev-snp}: by {@code akTrust}. The SNP report beside it is fresh, and does
 * not name the key: that both are of one machine is Google's word alone.
 */
final class GcpSnpBinding implements AkBinding {
  static final CheckId DATA = new CheckId("report.data", Stage.NONCE);

  private static final int REPORT_DATA = 64;

  private final InstanceReports reports;
  private final AkBinding trust;

  GcpSnpBinding(InstanceReports reports, AkBinding trust) {
    this.reports = reports;
    this.trust = trust;
  }

  @Override
  public List<CheckId> plan() {
    List<CheckId> binding = new ArrayList<>(List.of(DATA));
    binding.addAll(trust.plan());
    return InstanceReports.plan(binding);
  }

  @Override
  public Optional<Bound> check(Checklist checks, Presented presented) {
    VtpmDocument document = presented.ofDocument();
    Optional<VerifiedReport> verified =
        reports
            .parse(checks, document.instanceInfo())
            .flatMap(p -> reports.verify(checks, p, presented.challenge().at()));
    if (verified.isEmpty()
        || !checks.equal(
            DATA,
            reportData(document.userData(), presented.challenge().nonce()),
            verified.get().report().reportData())) {
      return Optional.empty();
    }
    VerifiedReport report = verified.get();
    return trust
        .check(checks, presented)
        .map(bound -> {
          Map<Identifier, String> identity = new EnumMap<>(report.identity());
          identity.putAll(bound.identity());
          return new Bound(
              identity,
              (more, log, at) -> {
                reports.appraise(more, report);
                return bound.rest().appraise(more, log, at);
              });
        });
  }

  /** {@code extra}, then zeros. */
  static Bytes reportData(Bytes userData, Bytes nonce) {
    Bytes extra = VtpmDocument.extra(userData, nonce);
    return Bytes.concat(extra, Bytes.zeros(REPORT_DATA - extra.length()));
  }
}
