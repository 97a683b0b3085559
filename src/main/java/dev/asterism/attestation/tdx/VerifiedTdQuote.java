package dev.asterism.attestation.tdx;

import java.security.cert.X509Certificate;

/**
 * A quote of a TD on a platform that the root vouches for: signatures and chain hold. Whether that
 * platform's level is still good is not said. Only {@link TdQuoteVerifier} makes one.
 */
final class VerifiedTdQuote {
  private final TdQuote quote;
  private final X509Certificate root;
  private final PckAuthority authority;

  VerifiedTdQuote(TdQuote quote, X509Certificate root, PckAuthority authority) {
    this.quote = quote;
    this.root = root;
    this.authority = authority;
  }

  QuoteHeader header() {
    return quote.header();
  }

  TdQuoteBody body() {
    return quote.body();
  }

  EnclaveReport qeReport() {
    return quote.signature().qeReport();
  }

  PckChain pckChain() {
    return quote.signature().pckChain();
  }

  /** What Intel certifies of the platform. */
  PckExtension platform() {
    return pckChain().extension();
  }

  /** Whose collateral it is to be judged by. */
  TdxPlatformId id() {
    return new TdxPlatformId(platform().fmspc(), authority, pckChain().issuer(), root);
  }

  /** The trusted certificate that the chain ends in. */
  X509Certificate root() {
    return root;
  }
}
