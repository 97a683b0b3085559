package dev.asterism.attestation.snp;

import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EndorsementSource.Answer;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks whether a certificate of a chain is revoked. */
final class RevocationCheck {
  private final Revocation policy;
  private final ChainVerifier verifier;
  private final EndorsementSource source;

  RevocationCheck(Revocation policy, ChainVerifier verifier, EndorsementSource source) {
    this.policy = policy;
    this.verifier = verifier;
    this.source = source;
  }

  /**
   * @param presented the list that came with the report, DER; null where none did
   * @return whether the report may go on
   */
  boolean check(Checklist checks, VerifiedChain chain, @Nullable Bytes presented, Instant at) {
    if (presented != null && source.isEmpty()) {
      return list(checks, chain, presented, at);
    }
    EndorsementRequest request = Kds.crl(chain.line(), chain.kind(), chain.root());
    String trouble = "none came with the report";
    if (presented != null) {
      try {
        // The host may hand out an old one that still counts: the newest that anybody saw decides.
        Bytes newest = source.newest(request, inspected(chain, presented, at)).body();
        return list(checks, chain, says(chain, newest, at) ? newest : presented, at);
      } catch (MalformedException e) {
        trouble = "the one that came with the report: " + e.getMessage();
      }
    }
    return switch (source.get(request)) {
      case Answer.Found(Endorsement found) ->
          says(chain, found.body(), at)
              ? list(checks, chain, found.body(), at)
              : none(checks, trouble + "; the one of " + request.key() + " is of another time");
      case Answer.Unavailable(String reason) -> none(checks, trouble + "; " + reason);
    };
  }

  /**
   * Whether a list of today tells anything of evidence that was kept: one of another time only what
   * it revokes.
   */
  private boolean says(VerifiedChain chain, Bytes der, Instant at) {
    try {
      RevocationList list = verifier.list(der, chain);
      return list.isCurrentAt(at) || list.revoked(chain.certificates()).isPresent();
    } catch (MalformedException e) {
      // The checks say what is wrong with it.
      return true;
    }
  }

  private Endorsement inspected(VerifiedChain chain, Bytes presented, Instant at)
      throws MalformedException {
    RevocationList list = verifier.list(presented, chain);
    if (!list.isCurrentAt(at)) {
      throw new MalformedException(
          "CRL", "counts from " + list.thisUpdate() + " to " + list.nextUpdate());
    }
    return Endorsement.of(presented);
  }

  private boolean none(Checklist checks, String reason) {
    if (policy == Revocation.REQUIRED) {
      checks.unavailable(ReportChecks.CRL, reason);
      return false;
    }
    checks.warn(ReportChecks.CRL, "nobody checked for revocation: " + reason);
    checks.skip(ReportChecks.CRL_SIGNATURE, "there is none");
    checks.skip(ReportChecks.CRL_CURRENT, "there is none");
    checks.skip(ReportChecks.REVOKED, "there is none");
    return true;
  }

  private boolean list(Checklist checks, VerifiedChain chain, Bytes der, Instant at) {
    checks.pass(ReportChecks.CRL, "");
    RevocationList list;
    try {
      list = verifier.list(der, chain);
    } catch (MalformedException e) {
      checks.fail(ReportChecks.CRL_SIGNATURE, String.valueOf(e.getMessage()));
      return false;
    }
    checks.pass(ReportChecks.CRL_SIGNATURE, "");
    boolean current =
        checks.check(
            ReportChecks.CRL_CURRENT,
            list.isCurrentAt(at),
            "from " + list.thisUpdate() + " to " + list.nextUpdate(),
            at.toString());
    Optional<X509Certificate> revoked = list.revoked(chain.certificates());
    checks.check(
        ReportChecks.REVOKED,
        revoked.isEmpty(),
        "no certificate of the chain",
        revoked.map(c -> AmdNames.commonName(c.getSubjectX500Principal())).orElse("none of them"));
    return current && revoked.isEmpty();
  }
}
