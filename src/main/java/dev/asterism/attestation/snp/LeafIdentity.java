package dev.asterism.attestation.snp;

import dev.asterism.attestation.Checklist;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.Optional;

/** Compares what the signing key's certificate says with the report that it signed. */
final class LeafIdentity {
  private LeafIdentity() {}

  static void check(Checklist checks, SnpReport report, VerifiedChain chain) {
    CertificateExtensions extensions = chain.extensions();
    checks.check(
        ReportChecks.KEY_KIND,
        report.signer().equals(Optional.of(chain.kind())),
        report.signer().map(KeyKind::name).orElse("none"),
        chain.kind().name());
    product(checks, report, chain);
    tcb(checks, report, chain);
    if (chain.kind() == KeyKind.VLEK) {
      checks.check(
          ReportChecks.HARDWARE_ID,
          extensions.hardwareId() == null,
          "none in a VLEK's certificate",
          Optional.ofNullable(extensions.hardwareId()).map(Bytes::hex).orElse("none"));
      checks.check(
          ReportChecks.CSP_ID,
          extensions.cspId() != null,
          "a provider in a VLEK's certificate",
          Optional.ofNullable(extensions.cspId()).orElse("none"));
      return;
    }
    checks.check(
        ReportChecks.CSP_ID,
        extensions.cspId() == null,
        "none in a VCEK's certificate",
        Optional.ofNullable(extensions.cspId()).orElse("none"));
    hardwareId(checks, report, chain);
  }

  /**
   * AMD made certificates with a wrong product; where the report names the processor, that counts.
   */
  private static void product(Checklist checks, SnpReport report, VerifiedChain chain) {
    String product = chain.extensions().product();
    boolean same = ProductLine.byProductName(product).equals(Optional.of(chain.line()));
    if (!same && report.namesProcessor()) {
      checks.warn(
          ReportChecks.PRODUCT,
          "the certificate says " + product + ", the processor is of " + chain.line().id());
      return;
    }
    checks.check(ReportChecks.PRODUCT, same, chain.line().id(), product);
  }

  /** The whole u64: a report with something in its reserved bytes is of no certificate. */
  private static void tcb(Checklist checks, SnpReport report, VerifiedChain chain) {
    TcbVersion reported = new TcbVersion(chain.line(), report.reportedTcb());
    try {
      TcbVersion certified = chain.extensions().tcb(chain.line());
      checks.check(
          ReportChecks.LEAF_TCB,
          certified.raw() == reported.raw(),
          "reported " + reported,
          "certified " + certified);
    } catch (MalformedException e) {
      checks.fail(ReportChecks.LEAF_TCB, String.valueOf(e.getMessage()));
    }
  }

  private static void hardwareId(Checklist checks, SnpReport report, VerifiedChain chain) {
    Bytes certified = chain.extensions().hardwareId();
    if (certified == null || certified.length() != chain.line().hardwareIdLength()) {
      checks.fail(
          ReportChecks.HARDWARE_ID,
          "the certificate names no chip with "
              + chain.line().hardwareIdLength()
              + " bytes, as "
              + chain.line().id()
              + " has");
    } else if (report.chipIdMasked() && report.hidesChip()) {
      checks.pass(ReportChecks.HARDWARE_ID, "the report hides it; the certificate tells");
    } else {
      checks.equal(ReportChecks.HARDWARE_ID, VerifiedReport.padded(certified), report.chipId());
    }
  }
}
