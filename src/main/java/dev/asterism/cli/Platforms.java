package dev.asterism.cli;

import dev.asterism.admin.DocumentKind;
import dev.asterism.admin.ExtraDataKind;
import dev.asterism.admin.KdfKind;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.aws.AwsNitroTpm;
import dev.asterism.attestation.aws.AwsSevSnp;
import dev.asterism.attestation.aws.NitroEnclaveKind;
import dev.asterism.attestation.aws.NitroTpmKind;
import dev.asterism.attestation.azure.AzureSevSnp;
import dev.asterism.attestation.azure.AzureSnpKind;
import dev.asterism.attestation.azure.AzureTdx;
import dev.asterism.attestation.azure.AzureTdxKind;
import dev.asterism.attestation.azure.AzureTrustedLaunch;
import dev.asterism.attestation.eventlog.EventLogKind;
import dev.asterism.attestation.gcp.GcpSevEs;
import dev.asterism.attestation.gcp.GcpSevSnp;
import dev.asterism.attestation.gcp.GcpVtpmKind;
import dev.asterism.attestation.metal.SevSnp;
import dev.asterism.attestation.metal.Tdx;
import dev.asterism.attestation.qemu.QemuTdx;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.attestation.snp.SnpReportKind;
import dev.asterism.attestation.tdx.CcelQuote;
import dev.asterism.attestation.tdx.TdxQuoteKind;
import dev.asterism.attestation.tpm.TpmQuoteKind;
import dev.asterism.attestation.tpm.VtpmDocument;
import java.util.List;

/** What this build can verify: the one list of platforms and of kinds of evidence. */
final class Platforms {
  private Platforms() {}

  /**
   * Every platform whose attestation config this build can read.
   *
   * @param vendors who says of hardware what evidence does not bring
   */
  static List<Platform> all(Vendors vendors) {
    return List.of(
        new QemuVtpm(),
        new SevSnp(vendors.endorsements()),
        new QemuTdx(vendors.tdx()),
        new Tdx(vendors.tdx()),
        new AzureSevSnp(vendors.endorsements()),
        new AzureTdx(vendors.tdx()),
        new AzureTrustedLaunch(),
        new AwsSevSnp(vendors.endorsements()),
        new AwsNitroTpm(),
        new GcpSevSnp(vendors.endorsements()),
        new GcpSevEs());
  }

  /** The platform of that variant: there is one for each. */
  static Platform of(Variant variant, Vendors vendors) {
    return all(vendors).stream()
        .filter(p -> p.variant() == variant)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no platform of " + variant.id()));
  }

  /** Every kind of evidence bundle that this build can judge. */
  static List<EvidenceKind> kinds(Vendors vendors) {
    return List.of(
        new DocumentKind(all(vendors)),
        new KdfKind(),
        new ExtraDataKind(VtpmDocument::extra),
        new EventLogKind(new CcelQuote()),
        new TpmQuoteKind(),
        new GcpVtpmKind(),
        new NitroTpmKind(),
        new NitroEnclaveKind(),
        new AzureSnpKind(new ChainVerifier()),
        new AzureTdxKind(),
        new SnpReportKind(new ChainVerifier()),
        new TdxQuoteKind());
  }
}
