package dev.asterism.cli;

import dev.asterism.admin.DocumentKind;
import dev.asterism.admin.ExtraDataKind;
import dev.asterism.admin.KdfKind;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.eventlog.EventLogKind;
import dev.asterism.attestation.metal.SevSnp;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.attestation.snp.SnpReportKind;
import dev.asterism.attestation.tpm.TpmQuoteKind;
import dev.asterism.attestation.tpm.VtpmDocument;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.stream.Collectors;

/** What this build can verify: the one list of platforms and of kinds of evidence. */
final class Platforms {
  private Platforms() {}

  /**
   * Every platform whose attestation config this build can read.
   *
   * @param source of vendors' certificates that do not come with the evidence
   */
  static List<Platform> all(EndorsementSource source) {
    return List.of(new QemuVtpm(), new SevSnp(source));
  }

  /**
   * The platform of that variant; one that this build lacks is an error that lists those it has.
   */
  static Platform of(Variant variant, EndorsementSource source) throws MalformedException {
    List<Platform> all = all(source);
    return all.stream()
        .filter(p -> p.variant() == variant)
        .findFirst()
        .orElseThrow(() ->
            new MalformedException(
                "attestation variant",
                "this build cannot verify "
                    + variant.id()
                    + "; it verifies "
                    + all.stream().map(p -> p.variant().id()).collect(Collectors.joining(", "))));
  }

  /** Every kind of evidence bundle that this build can judge. */
  static List<EvidenceKind> kinds() {
    return kinds(EndorsementSource.NONE);
  }

  /** The same, with vendors' certificates from elsewhere for documents. */
  static List<EvidenceKind> kinds(EndorsementSource source) {
    return List.of(
        new DocumentKind(all(source)),
        new KdfKind(),
        new ExtraDataKind(VtpmDocument::extra),
        new EventLogKind(),
        new TpmQuoteKind(),
        new SnpReportKind(new ChainVerifier()));
  }
}
