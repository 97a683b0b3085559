package dev.asterism.attestation.tdx;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.crypto.CertificateNames;
import dev.asterism.crypto.CertificatePath;
import dev.asterism.crypto.CertificatePath.Result;
import dev.asterism.crypto.RevocationList;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Verifies collateral for one quote: that the root signed it, that it counts, whom it revokes. */
final class CollateralVerifier {
  static final CheckId PARSE = new CheckId("collateral.parse", Stage.PARSE);
  static final CheckId CHAIN = new CheckId("collateral.chain", Stage.CHAIN);
  static final CheckId SIGNATURE = new CheckId("collateral.signature", Stage.SIGNATURE);
  static final CheckId CRL = new CheckId("collateral.crl", Stage.REVOCATION);
  static final CheckId VALIDITY = new CheckId("collateral.validity", Stage.TIME);
  static final CheckId NUMBER = new CheckId("collateral.evaluation-number", Stage.TIME);
  static final CheckId REVOCATION = new CheckId("pck.revocation", Stage.REVOCATION);

  /** What {@link #verify} asks. */
  static final List<CheckId> PLAN =
      List.of(PARSE, CHAIN, SIGNATURE, CRL, VALIDITY, NUMBER, REVOCATION);

  static final String SIGNER = "Intel SGX TCB Signing";

  private final Checklist checks;
  private final VerifiedTdQuote quote;
  private final Instant at;

  CollateralVerifier(Checklist checks, VerifiedTdQuote quote, Instant at) {
    this.checks = checks;
    this.quote = quote;
    this.at = at;
  }

  /**
   * Runs the steps in order; the first that fails ends it.
   *
   * @param memo what was verified before, and will be
   * @param least the policy's smallest evaluation number
   */
  Optional<VerifiedCollateral> verify(
      TdxCollateral raw, CollateralMemo memo, EvaluationNumbers numbers, int least) {
    Optional<VerifiedCollateral> known = memo.find(raw, quote);
    Optional<VerifiedCollateral> signed = known.isPresent() ? known : signed(raw);
    if (signed.isEmpty()) {
      return Optional.empty();
    }
    VerifiedCollateral collateral = signed.get();
    if (known.isPresent()) {
      List.of(PARSE, CHAIN, SIGNATURE, CRL)
          .forEach(id -> checks.pass(id, "verified when it was fetched"));
    } else {
      memo.keep(collateral, quote);
    }
    boolean counts =
        // 9. All of it counts at this time,
        validity(collateral)
            // 10. is not older than what was seen before,
            && evaluationNumbers(collateral, numbers, least)
            // 11. and revokes nobody on the way from the root to the quote or to itself.
            && revocation(collateral);
    return counts ? signed : Optional.empty();
  }

  private Optional<VerifiedCollateral> signed(TdxCollateral raw) {
    // 5. It is read once.
    ParsedCollateral parsed;
    try {
      parsed = ParsedCollateral.of(raw);
    } catch (MalformedException e) {
      checks.fail(PARSE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    checks.pass(PARSE, "");
    boolean genuine =
        // 6. Its signers lead to the quote's root and sign such things.
        chain("TCB info", parsed.tcbInfoChain())
            && chain("QE identity", parsed.qeIdentityChain())
            // 7. They signed these very bytes.
            && signature("TCB info", parsed.signedTcbInfo(), parsed.tcbInfoChain())
            && signature("QE identity", parsed.signedQeIdentity(), parsed.qeIdentityChain())
            // 8. The lists are those of the root and of the quote's PCK authority.
            && crl("root CRL", parsed.rootCrl(), quote.root())
            && crl("PCK CRL", parsed.pckCrl(), quote.pckChain().issuer());
    return genuine
        ? Optional.of(new VerifiedCollateral(raw, parsed, quote.pckChain().issuer()))
        : Optional.empty();
  }

  private boolean chain(String what, List<X509Certificate> chain) {
    X509Certificate signer = chain.getFirst();
    if (!CertificateNames.commonName(signer).equals(Optional.of(SIGNER))
        || signer.getBasicConstraints() >= 0) {
      return add(CHAIN, what, false, "its signer is not " + SIGNER);
    }
    // The root comes with the quote, too: a chain that leaves it out is as good.
    List<X509Certificate> issuers = new ArrayList<>(chain.subList(1, chain.size()));
    issuers.add(quote.root());
    Result result = CertificatePath.check(signer, issuers, this::isRoot, at);
    return switch (result) {
      case Result.Broken(boolean time, String reason) ->
          add(time ? VALIDITY : CHAIN, what, false, reason);
      case Result.Trusted _ -> add(CHAIN, what, true, "");
    };
  }

  /** The quote's root, or another certificate that its owner made for the same key. */
  private boolean isRoot(X509Certificate certificate) {
    return certificate.equals(quote.root())
        || (certificate.getPublicKey().equals(quote.root().getPublicKey())
            && CertificatePath.signsItself(certificate));
  }

  private boolean signature(String what, SignedJson json, List<X509Certificate> chain) {
    return add(
        SIGNATURE,
        what,
        json.isSignedBy(chain.getFirst().getPublicKey()),
        "is not its signer's over this text");
  }

  private boolean crl(String what, RevocationList list, X509Certificate issuer) {
    return add(
        CRL,
        what,
        list.isIssuedBy(issuer),
        "is not issued by " + issuer.getSubjectX500Principal().getName());
  }

  private boolean validity(VerifiedCollateral collateral) {
    if (collateral.period().holds(at)) {
      checks.pass(VALIDITY, "");
      return true;
    }
    collateral
        .periods()
        .forEach((what, period) -> {
          if (!period.holds(at)) {
            checks.check(VALIDITY, what, false, period.toString(), at.toString());
          }
        });
    return false;
  }

  private boolean evaluationNumbers(
      VerifiedCollateral collateral, EvaluationNumbers numbers, int least) {
    for (var entry : collateral.evaluationNumbers().entrySet()) {
      int floor = Math.max(least, numbers.floor(entry.getKey()));
      if (entry.getValue() < floor) {
        return checks.check(
            NUMBER,
            "evaluation number of " + entry.getKey(),
            false,
            "at least " + floor,
            Integer.toString(entry.getValue()));
      }
    }
    collateral.evaluationNumbers().forEach(numbers::raise);
    checks.pass(NUMBER, "");
    return true;
  }

  private boolean revocation(VerifiedCollateral collateral) {
    String revoked =
        collateral.revokes(quote.pckChain().pck()) ? "PCK certificate" : collateral.revokedIssuer();
    if (revoked.isEmpty()) {
      checks.pass(REVOCATION, "nobody is listed");
      return true;
    }
    return add(REVOCATION, revoked, false, "is revoked by its issuer's list");
  }

  private boolean add(CheckId id, String subject, boolean holds, String fault) {
    checks.add(id, subject, holds ? Outcome.PASSED : Outcome.FAILED, "", "", holds ? "" : fault);
    return holds;
  }
}
