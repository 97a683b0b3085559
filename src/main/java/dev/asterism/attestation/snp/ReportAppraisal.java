package dev.asterism.attestation.snp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Asks whether a genuine report is good enough. */
public final class ReportAppraisal {
  static final CheckId VERSION = new CheckId("policy.report-version", Stage.POLICY);
  static final CheckId GUEST_POLICY = new CheckId("policy.guest-policy", Stage.POLICY);
  static final CheckId PLATFORM = new CheckId("policy.platform-info", Stage.POLICY);
  static final CheckId ALIASES = new CheckId("policy.alias-check", Stage.POLICY);
  static final CheckId VMPL = new CheckId("policy.vmpl", Stage.POLICY);
  static final CheckId GUEST_SVN = new CheckId("policy.guest-svn", Stage.POLICY);
  static final CheckId CSP = new CheckId("policy.csp-id", Stage.POLICY);
  static final CheckId MITIGATIONS = new CheckId("policy.mitigations", Stage.POLICY);
  static final CheckId TCB_LINE = new CheckId("tcb.line", Stage.TCB);

  /** What {@link #appraise} asks. */
  public static final List<CheckId> PLAN = plan();

  private final Checklist checks;
  private final ReportPolicy policy;
  private final VerifiedReport report;

  private ReportAppraisal(Checklist checks, ReportPolicy policy, VerifiedReport report) {
    this.checks = checks;
    this.policy = policy;
    this.report = report;
  }

  private static List<CheckId> plan() {
    List<CheckId> plan =
        new ArrayList<>(
            List.of(
                VERSION,
                GUEST_POLICY,
                PLATFORM,
                ALIASES,
                VMPL,
                GUEST_SVN,
                CSP,
                MITIGATIONS,
                TCB_LINE));
    for (TcbMinimum.Kind kind : TcbMinimum.Kind.values()) {
      plan.add(kind.check());
    }
    for (ListedField field : ListedField.values()) {
      plan.add(field.check());
    }
    return List.copyOf(plan);
  }

  /** Makes the checks of a policy. */
  public static void appraise(Checklist checks, ReportPolicy policy, VerifiedReport report) {
    ReportAppraisal appraisal = new ReportAppraisal(checks, policy, report);
    appraisal.version();
    appraisal.guestPolicy();
    appraisal.platform();
    appraisal.aliases();
    appraisal.vmpl();
    appraisal.guestSvn();
    appraisal.provider();
    appraisal.mitigations();
    appraisal.tcb();
    for (ListedField field : ListedField.values()) {
      appraisal.listed(field);
    }
  }

  private void version() {
    long version = report.report().version();
    checks.check(
        VERSION,
        version >= policy.minimumVersion() && version <= policy.maximumVersion(),
        policy.maximumVersion() == ReportPolicy.ANY_VERSION
            ? "at least " + policy.minimumVersion()
            : policy.minimumVersion() + " to " + policy.maximumVersion(),
        Long.toString(version));
  }

  private void guestPolicy() {
    boolean asked = false;
    for (GuestPolicyBit bit : GuestPolicyBit.values()) {
      boolean set = bit.isSet(report.report().policy());
      if (policy.required().contains(bit)) {
        asked = true;
        checks.check(GUEST_POLICY, bit.id(), set, "demanded", set ? "demanded" : "not demanded");
      } else if (!bit.protects() && !policy.allowed().contains(bit)) {
        asked = true;
        checks.check(GUEST_POLICY, bit.id(), !set, "forbidden", set ? "allowed" : "forbidden");
      }
    }
    if (!asked) {
      checks.skip(GUEST_POLICY, "the policy allows every guest policy");
    }
  }

  private void platform() {
    if (policy.platform().isEmpty()) {
      checks.skip(PLATFORM, "the policy requires nothing of it");
    }
    for (PlatformInfoBit bit : PlatformInfoBit.values()) {
      if (policy.platform().contains(bit)) {
        boolean set = bit.isSet(report.report().platformInfo());
        checks.check(PLATFORM, bit.id(), set, "on", set ? "on" : "off");
      }
    }
  }

  /** Said aloud wherever it is missing; {@link #platform} decides whether that refuses. */
  private void aliases() {
    if (PlatformInfoBit.ALIAS_CHECK.isSet(report.report().platformInfo())) {
      checks.pass(ALIASES, "");
    } else {
      checks.warn(
          ALIASES,
          "the platform did not search its memory for aliases: a manipulated module may have some"
              + " (BadRAM; snp.platform aliasCheck refuses such platforms)");
    }
  }

  private void vmpl() {
    long vmpl = report.report().vmpl();
    checks.check(
        VMPL,
        policy.vmpls().contains(vmpl),
        "one of " + policy.vmpls().stream().sorted().toList(),
        Long.toString(vmpl));
  }

  private void guestSvn() {
    long svn = report.report().guestSvn();
    checks.check(
        GUEST_SVN,
        svn >= policy.minimumGuestSvn(),
        "at least " + policy.minimumGuestSvn(),
        Long.toString(svn));
  }

  private void provider() {
    Optional<String> csp = report.cspId();
    Set<String> listed = policy.cspIds();
    if (csp.isEmpty()) {
      checks.skip(CSP, "the chip's own key signed");
    } else if (listed == null) {
      checks.warn(CSP, "any provider's VLEK is taken, this is of " + csp.get());
    } else {
      checks.check(CSP, listed.contains(csp.get()), "one of " + listed, csp.get());
    }
  }

  private void mitigations() {
    if (policy.launchMitigations() == 0 && policy.currentMitigations() == 0) {
      checks.skip(MITIGATIONS, "the policy requires none");
      return;
    }
    mitigations("launch", policy.launchMitigations(), report.report().launchMitigations());
    mitigations("current", policy.currentMitigations(), report.report().currentMitigations());
  }

  private void mitigations(String subject, long required, long actual) {
    checks.check(
        MITIGATIONS,
        subject,
        (required & ~actual) == 0,
        HexFormat.of().toHexDigits(required),
        HexFormat.of().toHexDigits(actual));
  }

  private void tcb() {
    if (policy.minimumTcb().isEmpty()) {
      checks.warn(TCB_LINE, "the policy has no minimum TCB: firmware of any age is taken");
      for (TcbMinimum.Kind kind : TcbMinimum.Kind.values()) {
        checks.skip(kind.check(), "the policy has no minimum");
      }
      return;
    }
    TcbMinimum minimum = policy.minimumTcb().get(report.line());
    checks.check(
        TCB_LINE,
        minimum != null,
        "one of the lines with a minimum TCB: "
            + policy.minimumTcb().keySet().stream().map(ProductLine::id).sorted().toList(),
        report.line().id());
    if (minimum != null) {
      for (TcbMinimum.Kind kind : TcbMinimum.Kind.values()) {
        tcb(kind, minimum.of(kind));
      }
    }
  }

  private void tcb(TcbMinimum.Kind kind, Map<Component, Integer> minimum) {
    if (minimum.isEmpty()) {
      checks.skip(kind.check(), "the policy has no minimum");
      return;
    }
    TcbVersion actual = kind.of(report);
    for (Component component : TcbVersion.components(report.line())) {
      Integer least = minimum.get(component);
      if (least != null) {
        checks.check(
            kind.check(),
            kind.id() + " TCB, " + component.id(),
            actual.part(component) >= least,
            "at least " + least,
            Integer.toString(actual.part(component)));
      }
    }
  }

  private void listed(ListedField field) {
    Set<Bytes> good = policy.lists().get(field);
    Optional<Bytes> actual = field.of(report);
    if (good != null) {
      checks.check(
          field.check(),
          actual.isPresent() && good.contains(actual.get()),
          good.size() == 1 ? good.iterator().next().hex() : "one of " + good.size() + " listed",
          actual.map(Bytes::hex).orElse("none"));
    } else if (field == ListedField.MEASUREMENT) {
      checks.warn(field.check(), "the policy lists no measurement: any software may run there");
    } else {
      checks.skip(field.check(), "the policy lists none");
    }
  }
}
