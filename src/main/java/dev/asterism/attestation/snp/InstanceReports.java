package dev.asterism.attestation.snp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges the reports in vTPM documents of one policy; what they vouch for, each cloud decides. */
public final class InstanceReports {
  /** Instance info and report can be read. */
  public static final CheckId PARSE = new CheckId("instance-info.parse", Stage.PARSE);

  private final ContractSnp config;
  private final ReportVerifier verifier;

  /**
   * Reports by one config.
   *
   * @param chains remembers what it verified; shared by all
   */
  public InstanceReports(ContractSnp config, ChainVerifier chains, EndorsementSource source) {
    this.config = config;
    this.verifier =
        new ReportVerifier(config.config().roots(), config.config().revocation(), chains, source);
  }

  /**
   * All checks.
   *
   * @param binding those of the caller, between genuine and good
   */
  public static List<CheckId> plan(List<CheckId> binding) {
    List<CheckId> plan = new ArrayList<>(List.of(PARSE));
    plan.addAll(ReportVerifier.PLAN);
    plan.addAll(binding);
    plan.addAll(ReportAppraisal.PLAN);
    return plan;
  }

  /** Instance info with the report in it, both read. */
  public record Parsed(SnpInstanceInfo info, SnpReport report, CertificateSet certificates) {}

  /** Reads all; what cannot be read is a failed {@link #PARSE}. */
  public Optional<Parsed> parse(Checklist checks, @Nullable Bytes instanceInfo) {
    try {
      SnpInstanceInfo info = SnpInstanceInfo.parse(instanceInfo);
      Parsed parsed =
          new Parsed(
              info,
              SnpReport.parse(info.attestationReport()),
              info.certificates(config.certificates()));
      checks.pass(PARSE, "");
      return Optional.of(parsed);
    } catch (MalformedException e) {
      checks.fail(PARSE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Whether AMD's hardware made the report. */
  public Optional<VerifiedReport> verify(Checklist checks, Parsed parsed, Instant at) {
    return verifier.verify(checks, parsed.report(), parsed.certificates(), at);
  }

  /** Whether it is good. */
  public void appraise(Checklist checks, VerifiedReport report) {
    ReportAppraisal.appraise(checks, config.config().policy(), report);
  }
}
