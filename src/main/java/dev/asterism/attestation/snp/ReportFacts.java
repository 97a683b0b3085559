package dev.asterism.attestation.snp;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a report and its certificates say, for people and unverified. */
public final class ReportFacts {
  private ReportFacts() {}

  /** Line by line. */
  public static List<Fact> of(SnpReport report, CertificateSet certificates)
      throws MalformedException {
    List<Fact> facts = new ArrayList<>();
    add(facts, "report version", Long.toString(report.version()));
    add(facts, "signed by", report.signer().map(KeyKind::name).orElse("none, or an unknown key"));
    Optional<ProductLine> line = report.lineByCpuid();
    if (report.namesProcessor()) {
      add(
          facts,
          "processor (family, model, stepping)",
          report.cpuid().hex() + line.map(l -> ", " + l.id()).orElse(""));
    }
    add(facts, "chip id", report.chipId().hex());
    add(facts, "report id", report.reportId().hex());
    add(facts, "report data", report.reportData().hex());
    add(facts, "measurement", report.measurement().hex());
    add(facts, "host data", report.hostData().hex());
    add(facts, "family id", report.familyId().hex());
    add(facts, "image id", report.imageId().hex());
    add(facts, "id key digest", report.idKeyDigest().hex());
    add(facts, "author key digest", report.authorKeyDigest().hex());
    add(facts, "guest svn", Long.toString(report.guestSvn()));
    add(facts, "VMPL", Long.toString(report.vmpl()));
    add(facts, "guest policy", bits(report.policy(), guestPolicy(report.policy())));
    add(facts, "platform info", bits(report.platformInfo(), platform(report.platformInfo())));
    tcb(facts, "launch TCB", line, report.launchTcb());
    tcb(facts, "committed TCB", line, report.committedTcb());
    tcb(facts, "current TCB", line, report.currentTcb());
    tcb(facts, "reported TCB", line, report.reportedTcb());
    certificate(facts, "leaf", certificates.leaf());
    certificate(facts, "intermediate", certificates.intermediate());
    certificate(facts, "root", certificates.root());
    return facts;
  }

  private static void add(List<Fact> facts, String label, String value) {
    facts.add(new Fact(label, value));
  }

  private static void tcb(List<Fact> facts, String label, Optional<ProductLine> line, long raw) {
    String hex = HexFormat.of().toHexDigits(raw);
    add(facts, label, line.map(l -> hex + ": " + new TcbVersion(l, raw)).orElse(hex));
  }

  private static String bits(long value, String names) {
    return Long.toHexString(value) + (names.isEmpty() ? "" : ": " + names);
  }

  private static String guestPolicy(long policy) {
    return Arrays.stream(GuestPolicyBit.values())
        .filter(b -> b.isSet(policy))
        .map(GuestPolicyBit::id)
        .collect(Collectors.joining(", "));
  }

  private static String platform(long info) {
    return Arrays.stream(PlatformInfoBit.values())
        .filter(b -> b.isSet(info))
        .map(PlatformInfoBit::id)
        .collect(Collectors.joining(", "));
  }

  private static void certificate(List<Fact> facts, String label, @Nullable Bytes der)
      throws MalformedException {
    if (der == null) {
      return;
    }
    X509Certificate certificate = Pem.certificate(label, der);
    add(
        facts,
        label,
        String.format(
            Locale.ROOT,
            "%s, %s to %s",
            certificate.getSubjectX500Principal().getName(),
            certificate.getNotBefore().toInstant(),
            certificate.getNotAfter().toInstant()));
  }
}
