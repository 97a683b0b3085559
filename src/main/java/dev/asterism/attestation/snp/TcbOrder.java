package dev.asterism.attestation.snp;

import dev.asterism.attestation.Checklist;

/** What must hold between the TCB versions of any report (AMD 56860). */
final class TcbOrder {
  private TcbOrder() {}

  static void check(Checklist checks, SnpReport report, ProductLine line) {
    TcbVersion current = new TcbVersion(line, report.currentTcb());
    TcbVersion committed = new TcbVersion(line, report.committedTcb());
    TcbVersion reported = new TcbVersion(line, report.reportedTcb());
    checks.check(
        ReportChecks.TCB_ORDER,
        current.below(committed).isEmpty() && current.below(reported).isEmpty(),
        "committed and reported at most current " + current,
        "committed " + committed + "; reported " + reported);
  }
}
