package dev.asterism.attestation.tdx;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.crypto.CertificatePath;
import dev.asterism.crypto.CertificatePath.Result;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.EcdsaP256;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies a quote up to the root, without collateral. */
final class TdQuoteVerifier {
  static final CheckId CHAIN = new CheckId("pck.chain", Stage.CHAIN);
  static final CheckId VALIDITY = new CheckId("pck.validity", Stage.TIME);
  static final CheckId QE_SIGNATURE = new CheckId("qe.report-signature", Stage.SIGNATURE);
  static final CheckId QE_BINDING = new CheckId("qe.binding", Stage.BINDING);
  static final CheckId SIGNATURE = new CheckId("quote.signature", Stage.SIGNATURE);

  /** What {@link #verify} asks. */
  static final List<CheckId> PLAN = List.of(CHAIN, VALIDITY, QE_SIGNATURE, QE_BINDING, SIGNATURE);

  private final Checklist checks;
  private final TdxRoot root;
  private final PckChains chains;

  /**
   * @param chains remembers those that it followed
   */
  TdQuoteVerifier(Checklist checks, TdxRoot root, PckChains chains) {
    this.checks = checks;
    this.root = root;
    this.chains = chains;
  }

  /** Runs the steps in order; the first that fails ends it. */
  Optional<VerifiedTdQuote> verify(TdQuote quote, Instant at) {
    QuoteSignature signature = quote.signature();
    // 1. The PCK certificate leads, by way of one of Intel's PCK authorities, to the root.
    PckAuthority authority = authority(signature.pckChain());
    if (authority == null) {
      return Optional.empty();
    }
    X509Certificate trusted = path(signature.pckChain(), at);
    if (trusted == null) {
      return Optional.empty();
    }
    boolean genuine =
        // 2. The PCK signed the quoting enclave's report.
        qeSignature(signature)
            // 3. Which vouches for the attestation key.
            && qeBinding(signature)
            // 4. Which signed header and body.
            && signature(quote);
    if (!genuine) {
      return Optional.empty();
    }
    chains.remember(signature.pckChain());
    return Optional.of(new VerifiedTdQuote(quote, trusted, authority));
  }

  private @Nullable PckAuthority authority(PckChain chain) {
    Optional<PckAuthority> authority = PckAuthority.of(chain.issuer());
    if (authority.isEmpty()) {
      checks.fail(CHAIN, "the second certificate is not one of Intel's PCK authorities");
      return null;
    }
    if (chain.pck().getBasicConstraints() >= 0) {
      checks.fail(CHAIN, "the first certificate is that of an authority, not of a PCK");
      return null;
    }
    return authority.get();
  }

  private @Nullable X509Certificate path(PckChain chain, Instant at) {
    if (chains.isKnown(chain, at) && root.holds(chain.root())) {
      return end(chain);
    }
    List<X509Certificate> issuers = List.of(chain.issuer(), chain.root());
    return switch (CertificatePath.check(chain.pck(), issuers, root::holds, at)) {
      case Result.Broken(boolean time, String reason) -> {
        checks.fail(time ? VALIDITY : CHAIN, reason);
        yield null;
      }
      // The path is the three presented: nothing shorter ends in a root that is pinned.
      case Result.Trusted(X509Certificate end) when !end.equals(chain.root()) -> {
        checks.fail(CHAIN, "the chain is not PCK, its authority, root");
        yield null;
      }
      case Result.Trusted(X509Certificate end) when !CertificatePath.signsItself(end) -> {
        checks.fail(CHAIN, "the root is not as its owner signed it");
        yield null;
      }
      case Result.Trusted _ -> end(chain);
    };
  }

  private X509Certificate end(PckChain chain) {
    checks.pass(CHAIN, "ends at the pinned root");
    checks.pass(VALIDITY, "");
    return chain.root();
  }

  private boolean qeSignature(QuoteSignature signature) {
    return passes(
        QE_SIGNATURE,
        EcdsaP256.verify(
            signature.pckChain().pck().getPublicKey(),
            signature.qeReportSignature(),
            signature.qeReport().raw()),
        "is not the PCK's over this QE report");
  }

  /** The first 32 bytes are the hash, the others zero. */
  private boolean qeBinding(QuoteSignature signature) {
    Bytes hash = Digests.SHA256.of(signature.attestationKey(), signature.qeAuthenticationData());
    Bytes expected =
        Bytes.concat(hash, Bytes.zeros(signature.qeReport().reportData().length() - 32));
    return checks.equal(QE_BINDING, expected, signature.qeReport().reportData());
  }

  private boolean signature(TdQuote quote) {
    PublicKey key;
    try {
      key = EcdsaP256.key("attestationKey", quote.signature().attestationKey());
    } catch (MalformedException e) {
      checks.fail(SIGNATURE, String.valueOf(e.getMessage()));
      return false;
    }
    return passes(
        SIGNATURE,
        EcdsaP256.verify(key, quote.signature().signature(), quote.signedPart()),
        "is not the attestation key's over this quote");
  }

  private boolean passes(CheckId id, boolean holds, String fault) {
    if (holds) {
      checks.pass(id, "");
    } else {
      checks.fail(id, fault);
    }
    return holds;
  }
}
