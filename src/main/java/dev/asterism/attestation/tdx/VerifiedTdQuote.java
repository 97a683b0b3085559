package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Identifier;
import dev.asterism.wire.Bytes;
import java.security.cert.X509Certificate;
import java.util.Map;

/**
 * A quote of a TD on a platform that the root vouches for: signatures and chain hold. Whether that
 * platform's level is still good is not said. Only {@link TdQuoteVerifier} makes one.
 */
public final class VerifiedTdQuote {
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

  /** What the TD put there, 64 bytes. */
  public Bytes reportData() {
    return body().reportData();
  }

  /** What the quote proves about who is asked: the platform, which many TDs share. */
  public Map<Identifier, String> identity() {
    return Map.of(Identifier.PPID, platform().ppid().hex());
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
