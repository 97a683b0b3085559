package dev.asterism.attestation.snp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out whether AMD's hardware made a report, by the numbered steps below. */
public final class ReportVerifier {
  /** What {@link #verify} asks. */
  public static final List<CheckId> PLAN = ReportChecks.PLAN;

  private final SnpRoots roots;
  private final ChainVerifier chains;
  private final Certificates certificates;
  private final RevocationCheck revocation;

  /**
   * One that trusts these roots.
   *
   * @param chains remembers what it verified; shared by all verifiers
   * @param source of what does not come with the report
   */
  public ReportVerifier(
      SnpRoots roots, Revocation revocation, ChainVerifier chains, EndorsementSource source) {
    this.roots = roots;
    this.chains = chains;
    this.certificates = new Certificates(roots, chains, source);
    this.revocation = new RevocationCheck(revocation, chains, source);
  }

  /** The report, where it is genuine; else one of the checks of {@link ReportChecks} says why. */
  public Optional<VerifiedReport> verify(
      Checklist checks, SnpReport report, CertificateSet presented, Instant at) {
    // 1. A key that we know signed, in a processor that we know.
    Optional<KeyKind> signer = report.signer();
    checks.check(
        ReportChecks.SIGNER,
        signer.isPresent(),
        "VCEK or VLEK",
        signer.map(KeyKind::name).orElse("none, or an unknown one"));
    ProductLine line = Lines.check(checks, report, presented.leaf());
    if (signer.isEmpty() || line == null) {
      return Optional.empty();
    }
    // 2. The certificates come with the report, from the cache, or from AMD.
    Certificates.Result complete = certificates.complete(report, line, signer.get(), presented);
    if (complete instanceof Certificates.Result.Missing(String reason)) {
      checks.unavailable(ReportChecks.CERTIFICATES, reason);
      return Optional.empty();
    }
    checks.pass(ReportChecks.CERTIFICATES, "");
    // 3. They lead to a trusted root of the report's line, and are valid now.
    VerifiedChain chain = chain(checks, (Certificates.Result.Complete) complete, line, at);
    if (chain == null) {
      return Optional.empty();
    }
    // 4. None of them is revoked.
    if (!revocation.check(checks, chain, presented.crl(), at)) {
      return Optional.empty();
    }
    // 5. The key signed exactly these bytes.
    if (!report.signature().isValid(chain.key(), report.signed())) {
      checks.fail(ReportChecks.SIGNATURE, "the signature is not the key's over this report");
      return Optional.empty();
    }
    checks.pass(ReportChecks.SIGNATURE, "");
    // 6. The key is the one the report says, of this chip, at this TCB version.
    LeafIdentity.check(checks, report, chain);
    TcbOrder.check(checks, report, chain.line());
    return checks.anyFailed() ? Optional.empty() : Optional.of(new VerifiedReport(report, chain));
  }

  private @Nullable VerifiedChain chain(
      Checklist checks, Certificates.Result.Complete complete, ProductLine line, Instant at) {
    VerifiedChain known = complete.known();
    ChainVerifier.Result result =
        known == null
            ? chains.verify(complete.leaf(), complete.intermediate(), complete.root(), roots)
            : ChainVerifier.trusted(known, roots);
    switch (result) {
      case ChainVerifier.Result.Bad(String reason, boolean untrusted) -> {
        checks.fail(untrusted ? ReportChecks.ROOT : ReportChecks.PATH, reason);
        return null;
      }
      case ChainVerifier.Result.Good(VerifiedChain chain) -> {
        checks.pass(ReportChecks.ROOT, "");
        checks.pass(ReportChecks.PATH, "");
        boolean same =
            checks.check(
                ReportChecks.CHAIN_LINE, chain.line() == line, line.id(), chain.line().id());
        boolean valid =
            checks.check(
                ReportChecks.VALIDITY,
                chain.isValidAt(at),
                "valid from " + chain.notBefore() + " to " + chain.notAfter(),
                at.toString());
        return same && valid ? chain : null;
      }
    }
  }
}
