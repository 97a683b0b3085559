package dev.asterism.attestation.azure;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.azure.HclReport.Hardware;
import dev.asterism.attestation.snp.CertificateSet;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.attestation.snp.ReportAppraisal;
import dev.asterism.attestation.snp.ReportFacts;
import dev.asterism.attestation.snp.ReportVerifier;
import dev.asterism.attestation.snp.SnpInputs;
import dev.asterism.attestation.snp.SnpReport;
import dev.asterism.attestation.snp.VerifiedReport;
import dev.asterism.attestation.tpm.VerifiedQuote;
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
 * Kind {@code azure-snp-vtpm}: a quote by the key that an HCL report names, and the certificates of
 * the SNP report in that.
 */
public final class AzureSnpKind implements EvidenceKind {
  private final ChainVerifier chains;

  public AzureSnpKind(ChainVerifier chains) {
    this.chains = chains;
  }

  @Override
  public Set<String> kinds() {
    return Set.of("azure-snp-vtpm");
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    var hcl = new HclBundle(bundle, Bundle.Ruling.NONE, Variant.AZURE_SEV_SNP);
    List<Fact> facts = new ArrayList<>(hcl.facts(Hardware.SNP));
    SnpReport report = SnpReport.parse(hcl.parse(Hardware.SNP).report().hardwareReport());
    facts.addAll(ReportFacts.of(report, CertificateSet.of(bundle)));
    return facts;
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    ObjectNode config = own.config();
    SnpInputs inputs =
        SnpInputs.of(bundle, config == null ? null : AzureSevSnp.snp(config).config());
    FirmwareSigners signers = config == null ? null : FirmwareSigners.parse(config);
    HclBundle hcl = new HclBundle(bundle, own, Variant.AZURE_SEV_SNP);
    Checklist checks = new Checklist(hcl.plan(genuine(), good(signers)));
    HclBundle.Parsed parsed;
    SnpReport report;
    CertificateSet certificates;
    try {
      parsed = hcl.parse(Hardware.SNP);
      report = SnpReport.parse(parsed.report().hardwareReport());
      certificates = CertificateSet.of(bundle);
    } catch (MalformedException e) {
      checks.fail(HclBundle.FILES, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(HclBundle.FILES, "");
    // 1. AMD's hardware made the report.
    Optional<VerifiedReport> verified =
        new ReportVerifier(inputs.roots(), inputs.revocation(), chains, EndorsementSource.NONE)
            .verify(checks, report, certificates, at);
    // 2. It vouches for the runtime data, and these for the key that quotes.
    if (verified.isEmpty()
        || !HclAk.vouched(checks, parsed.report().runtimeData(), report.reportData())) {
      return checks.conclude(null);
    }
    Optional<VerifiedQuote> quote = hcl.verify(checks, parsed, inputs.reportData(), at);
    if (quote.isEmpty()) {
      return checks.conclude(null);
    }
    // 3. Genuine; is it good?
    ReportAppraisal.appraise(checks, inputs.policy(), verified.get());
    if (signers != null) {
      // No bundle has a token of Microsoft's attestation service.
      signers.appraise(checks, verified.get(), "", Bytes.EMPTY, at, EndorsementSource.NONE);
    }
    hcl.appraise(checks, parsed, quote.get());
    return checks.conclude(hcl.claims(parsed, quote.get(), verified.get().identity()));
  }

  /** Only a config of one's own says whose paravisor is good. */
  private static List<CheckId> good(@Nullable FirmwareSigners signers) {
    List<CheckId> plan = new ArrayList<>(ReportAppraisal.PLAN);
    plan.addAll(signers == null ? List.of() : signers.plan());
    return plan;
  }

  private static List<CheckId> genuine() {
    List<CheckId> plan = new ArrayList<>(ReportVerifier.PLAN);
    plan.add(HclAk.RUNTIME_DATA);
    return plan;
  }
}
