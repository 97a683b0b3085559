package dev.asterism.attestation.aws;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.snp.InstanceReports;
import dev.asterism.attestation.snp.VerifiedReport;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.FurtherTrust;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The key of {@code aws-sev-snp}: an SNP report that AWS's VLEK signed carries its hash. */
final class AwsSnpBinding implements AkBinding {
  static final CheckId AK = new CheckId("report.ak", Stage.BINDING);
  static final CheckId PROVIDER = new CheckId("report.provider", Stage.POLICY);

  /** Each region has one of its own. */
  private static final Pattern AWS = Pattern.compile("CN=cc-[a-z0-9-]{1,40}\\.amazonaws\\.com");

  private final InstanceReports reports;
  private final FurtherTrust trust;
  private final @Nullable NitroRequirement nitro;

  AwsSnpBinding(InstanceReports reports, FurtherTrust trust, Optional<NitroRequirement> nitro) {
    this.reports = reports;
    this.trust = trust;
    this.nitro = nitro.orElse(null);
  }

  @Override
  public List<CheckId> plan() {
    List<CheckId> binding = new ArrayList<>(List.of(AK));
    binding.addAll(trust.plan());
    binding.addAll(nitro == null ? List.of() : NitroRequirement.plan());
    List<CheckId> plan = new ArrayList<>(InstanceReports.plan(binding));
    plan.add(PROVIDER);
    return plan;
  }

  @Override
  public Optional<Bound> check(Checklist checks, Presented presented) {
    Optional<InstanceReports.Parsed> parsed =
        reports.parse(checks, presented.ofDocument().instanceInfo());
    Optional<VerifiedReport> verified =
        parsed.flatMap(p -> reports.verify(checks, p, presented.challenge().at()));
    if (verified.isEmpty()
        || !checks.equal(AK, named(presented.key()), verified.get().report().reportData())
        || !trust.check(checks, presented)) {
      return Optional.empty();
    }
    VerifiedReport report = verified.get();
    Map<Identifier, String> identity = new EnumMap<>(report.identity());
    if (nitro != null) {
      Optional<Map<Identifier, String>> proven = nitro.check(checks, presented);
      if (proven.isEmpty()) {
        return Optional.empty();
      }
      identity.putAll(proven.get());
    }
    return Optional.of(
        new Bound(
            identity,
            (more, log, at) -> {
              reports.appraise(more, report);
              provider(more, report);
              return true;
            }));
  }

  /** What a report that vouches for the key carries. */
  static Bytes named(PublicKey ak) {
    return Digests.SHA512.of(Bytes.of(ak.getEncoded()));
  }

  /** Whoever has a machine of AMD's can have reports signed by a chip; by AWS's VLEK only AWS. */
  private static void provider(Checklist checks, VerifiedReport report) {
    String provider = report.cspId().orElse("");
    checks.check(
        PROVIDER,
        AWS.matcher(provider).matches(),
        "a VLEK of CN=cc-<region>.amazonaws.com",
        provider.isEmpty() ? "a chip's own key" : provider);
  }
}
