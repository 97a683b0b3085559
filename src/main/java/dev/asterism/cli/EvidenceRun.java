package dev.asterism.cli;

import dev.asterism.admin.EvidenceReport;
import dev.asterism.admin.EvidenceVerification;
import dev.asterism.admin.Judgement;
import dev.asterism.admin.OwnRuling;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The work of {@code evidence verify} and {@code evidence show}. */
final class EvidenceRun {
  private final PrintWriter out;
  private final boolean json;
  private final EvidenceVerification verification;

  EvidenceRun(PrintWriter out, boolean json, Vendors vendors) {
    this.out = out;
    this.json = json;
    this.verification = new EvidenceVerification(Platforms.kinds(vendors), InstantSource.system());
  }

  static OwnRuling ruling(
      @Nullable Path config,
      @Nullable String variant,
      @Nullable String clusterId,
      @Nullable String nonce,
      @Nullable String at)
      throws MalformedException {
    ObjectNode own = config == null ? null : Inputs.json("--config", config);
    Variant ownVariant = Inputs.agreedVariant(variant, own);
    if (clusterId != null) {
      own = ofMember(config, own, ownVariant, clusterId);
    }
    return new OwnRuling(
        own,
        ownVariant,
        nonce == null ? null : Inputs.hex("--nonce", nonce, 0, 64),
        at == null ? null : Inputs.time("--at", at));
  }

  private static ObjectNode ofMember(
      @Nullable Path file, @Nullable ObjectNode config, @Nullable Variant variant, String clusterId)
      throws MalformedException {
    if (file == null || config == null || variant == null) {
      throw new MalformedException("--cluster-id", "needs --config and --attestation-variant");
    }
    return OwnRuling.ofMember(
        config,
        Inputs.policy(file, Platforms.of(variant, Vendors.NONE), config),
        Inputs.hex("--cluster-id", clusterId, 32, 32));
  }

  int verify(List<String> bundles, OwnRuling own) {
    var report = new EvidenceReport();
    for (String bundle : bundles) {
      Judgement judgement = verification.judge(bundle, own);
      report.add(judgement);
      out.println(json ? Json.line(judgement.toJson()) : EvidenceReport.text(judgement));
      out.flush();
    }
    if (!json && bundles.size() > 1) {
      out.println(report.summary());
      out.flush();
    }
    return exitCode(report);
  }

  private static int exitCode(EvidenceReport report) {
    if (report.anyUnreadable()) {
      return ExitCode.USAGE;
    }
    if (report.any(Verdict.REFUSED)) {
      return ExitCode.FAILURE;
    }
    return report.any(Verdict.UNDECIDED) ? ExitCode.UNDECIDED : ExitCode.SUCCESS;
  }

  int show(List<String> bundles, PrintWriter err) {
    int exit = ExitCode.SUCCESS;
    for (String bundle : bundles) {
      try {
        List<Fact> facts = verification.show(bundle);
        out.println(
            json ? Json.line(EvidenceReport.json(bundle, facts)) : EvidenceReport.text(facts));
      } catch (MalformedException e) {
        Failures.print(err, "asterism evidence show", e);
        exit = ExitCode.USAGE;
      }
      out.flush();
    }
    return exit;
  }
}
