package dev.asterism.attestation.azure;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.snp.InstanceReports;
import dev.asterism.attestation.snp.SnpInstanceInfo;
import dev.asterism.attestation.snp.VerifiedReport;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.FurtherTrust;
import dev.asterism.attestation.tpm.VtpmDocument;
import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The key of {@code azure-sev-snp}: named by runtime data that an SNP report vouches for. */
final class AzureSnpBinding implements AkBinding {
  private final InstanceReports reports;
  private final FirmwareSigners signers;
  private final EndorsementSource source;
  private final FurtherTrust trust;

  /**
   * @param source of the keys of Microsoft's attestation service
   */
  AzureSnpBinding(
      InstanceReports reports,
      FirmwareSigners signers,
      EndorsementSource source,
      FurtherTrust trust) {
    this.reports = reports;
    this.signers = signers;
    this.source = source;
    this.trust = trust;
  }

  @Override
  public List<CheckId> plan() {
    List<CheckId> binding = new ArrayList<>(List.of(HclAk.RUNTIME_DATA, HclAk.KEY));
    binding.addAll(trust.plan());
    List<CheckId> plan = new ArrayList<>(InstanceReports.plan(binding));
    plan.addAll(signers.plan());
    return plan;
  }

  @Override
  public Optional<Bound> check(Checklist checks, Presented presented) {
    VtpmDocument document = presented.ofDocument();
    Optional<InstanceReports.Parsed> parsed = reports.parse(checks, document.instanceInfo());
    if (parsed.isEmpty()) {
      return Optional.empty();
    }
    // 1. AMD's hardware made the report.
    Optional<VerifiedReport> verified =
        reports.verify(checks, parsed.get(), presented.challenge().at());
    if (verified.isEmpty()) {
      return Optional.empty();
    }
    // 2. It vouches for the runtime data, and these for the key.
    VerifiedReport report = verified.get();
    SnpInstanceInfo.Azure azure = parsed.get().info().azure();
    if (azure == null) {
      checks.fail(HclAk.RUNTIME_DATA, "the instance info has none");
      return Optional.empty();
    }
    if (!HclAk.vouched(checks, azure.runtimeData(), report.report().reportData())
        || !HclAk.named(checks, azure.runtimeData(), presented.key())
        || !trust.check(checks, presented)) {
      return Optional.empty();
    }
    // 3. Genuine; is it good?
    Bytes extra = VtpmDocument.extra(document.userData(), presented.challenge().nonce());
    return Optional.of(
        new Bound(
            report.identity(),
            (more, log, at) -> {
              reports.appraise(more, report);
              signers.appraise(more, report, azure.maaToken(), extra, at, source);
              return true;
            }));
  }
}
