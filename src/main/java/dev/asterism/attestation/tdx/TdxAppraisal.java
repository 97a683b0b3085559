package dev.asterism.attestation.tdx;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Holds a genuine quote against a policy: is it good enough? */
final class TdxAppraisal {
  static final CheckId TD_DEBUG = policy("td.debug");
  static final CheckId TD_MIGRATION = policy("td.migration");
  static final CheckId TD_ATTRIBUTES = policy("td.attributes");
  static final CheckId XFAM = policy("td.xfam");
  static final CheckId MRSEAM = policy("td.mrseam");
  static final CheckId MRCONFIGID = policy("td.mrconfigid");
  static final CheckId MROWNER = policy("td.mrowner");
  static final CheckId MROWNERCONFIG = policy("td.mrownerconfig");
  static final CheckId TEE_TCB_SVN = policy("platform.tee-tcb-svn");
  static final CheckId QE_DEBUG = policy("qe.debug");
  static final CheckId QE_VENDOR = policy("qe.vendor-id");
  static final CheckId QE_SVN = policy("qe.svn");
  static final CheckId PCE_SVN = policy("platform.pce-svn");
  static final CheckId FMSPC = policy("platform.fmspc");
  static final CheckId PPID = policy("platform.ppid");

  /** What {@link #appraise} asks. */
  static final List<CheckId> PLAN =
      List.of(
          QE_DEBUG,
          QE_VENDOR,
          QE_SVN,
          PCE_SVN,
          TEE_TCB_SVN,
          FMSPC,
          PPID,
          TD_DEBUG,
          TD_MIGRATION,
          TD_ATTRIBUTES,
          XFAM,
          MRSEAM,
          MRCONFIGID,
          MROWNER,
          MROWNERCONFIG);

  static final CheckId STATUS = new CheckId("tcb.status", Stage.TCB);
  static final CheckId ADVISORIES = new CheckId("tcb.advisories", Stage.TCB);

  /** What {@link #appraise(TcbVerdict)} asks. */
  static final List<CheckId> TCB_PLAN = List.of(STATUS, ADVISORIES);

  private final Checklist checks;
  private final TdxPolicy policy;

  TdxAppraisal(Checklist checks, TdxPolicy policy) {
    this.checks = checks;
    this.policy = policy;
  }

  private static CheckId policy(String id) {
    return new CheckId(id, Stage.POLICY);
  }

  /** Where the platform stands: is that good enough? */
  void appraise(TcbVerdict tcb) {
    String accepted =
        String.join(", ", new TreeSet<>(policy.statuses().stream().map(TcbStatus::id).toList()));
    checks.check(
        STATUS,
        "TCB status",
        tcb.isAcceptedBy(policy.statuses()),
        accepted.isEmpty() ? "no status at all" : accepted,
        tcb.describe());
    Set<String> allowed = policy.advisories();
    if (allowed == null) {
      checks.skip(ADVISORIES, "the policy names no advisories");
      return;
    }
    Set<String> open = new TreeSet<>(tcb.advisories());
    open.removeAll(allowed);
    checks.check(
        ADVISORIES,
        "advisories",
        open.isEmpty(),
        allowed.isEmpty() ? "none" : "at most " + String.join(", ", new TreeSet<>(allowed)),
        tcb.advisories().isEmpty() ? "none" : String.join(", ", tcb.advisories()));
  }

  /** TD, quoting enclave and platform, by what the quote itself proves. */
  void appraise(VerifiedTdQuote quote) {
    // A quoting enclave under debug signs what its host likes.
    checks.check(QE_DEBUG, !quote.qeReport().isDebug(), "off", onOff(quote.qeReport().isDebug()));
    exact(QE_VENDOR, policy.platform().qeVendorId(), quote.header().qeVendorId());
    least(QE_SVN, policy.platform().qeSvn(), quote.qeReport().isvSvn());
    least(PCE_SVN, policy.platform().pceSvn(), quote.platform().pceSvn());
    teeTcbSvn(quote.body());
    oneOf(FMSPC, policy.platform().fmspcs(), quote.platform().fmspc());
    oneOf(PPID, policy.platform().ppids(), quote.platform().ppid());
    td(quote.body());
  }

  private void td(TdQuoteBody body) {
    TdxPolicy.Td wanted = policy.td();
    TdAttributes attributes = new TdAttributes(body.tdAttributes());
    allowed(TD_DEBUG, wanted.debug(), attributes.isDebug());
    allowed(TD_MIGRATION, wanted.migration(), attributes.isMigratable());
    exact(TD_ATTRIBUTES, wanted.attributes(), body.tdAttributes());
    exact(XFAM, wanted.xfam(), body.xfam());
    oneOf(MRSEAM, wanted.mrSeams(), body.mrSeam());
    oneOf(MRCONFIGID, wanted.mrConfigIds(), body.mrConfigId());
    oneOf(MROWNER, wanted.mrOwners(), body.mrOwner());
    oneOf(MROWNERCONFIG, wanted.mrOwnerConfigs(), body.mrOwnerConfig());
  }

  private void teeTcbSvn(TdQuoteBody body) {
    Bytes least = policy.platform().teeTcbSvn();
    if (least == null) {
      checks.skip(TEE_TCB_SVN, "the policy does not ask");
      return;
    }
    boolean reached = true;
    for (int i = 0; i < least.length(); i++) {
      reached &= body.teeTcbSvn().at(i) >= least.at(i);
    }
    checks.check(TEE_TCB_SVN, reached, "at least " + least.hex(), body.teeTcbSvn().hex());
  }

  private void allowed(CheckId id, boolean allowed, boolean on) {
    if (allowed && on) {
      checks.warn(id, "is on, and the policy allows it");
    } else {
      checks.check(id, !on, "off", onOff(on));
    }
  }

  private void least(CheckId id, int least, int actual) {
    checks.check(id, actual >= least, "at least " + least, Integer.toString(actual));
  }

  private void exact(CheckId id, @Nullable Bytes expected, Bytes actual) {
    if (expected == null) {
      checks.skip(id, "the policy does not ask");
    } else {
      checks.equal(id, expected, actual);
    }
  }

  private void oneOf(CheckId id, Set<Bytes> accepted, Bytes actual) {
    if (accepted.isEmpty()) {
      checks.skip(id, "the policy does not ask");
    } else {
      String expected =
          accepted.size() == 1
              ? accepted.iterator().next().hex()
              : "one of " + accepted.size() + " listed";
      checks.check(id, accepted.contains(actual), expected, actual.hex());
    }
  }

  private static String onOff(boolean on) {
    return on ? "on" : "off";
  }
}
