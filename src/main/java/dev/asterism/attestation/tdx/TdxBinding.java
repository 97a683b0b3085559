package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Variant;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;

/** How a variant's quote carries user data and nonce (wire contract, sections 4 and 9). */
public enum TdxBinding {
  /** {@code SHA-256(userData ‖ nonce)}, then zeros; documents have no event log. */
  QEMU(Variant.QEMU_TDX) {
    @Override
    Bytes reportData(Bytes userData, Bytes nonce) {
      Bytes extra = Digests.SHA256.of(userData, nonce);
      return Bytes.concat(extra, Bytes.zeros(TdQuoteBody.REPORT_DATA - extra.length()));
    }
  },
  /** Both hashed apart under a name of ours, so that neither can pass for the other's bytes. */
  METAL(Variant.TDX) {
    @Override
    Bytes reportData(Bytes userData, Bytes nonce) {
      return Digests.SHA512.of(DOMAIN, Digests.SHA256.of(userData), Digests.SHA256.of(nonce));
    }
  };

  private static final Bytes DOMAIN = Bytes.ofUtf8("asterism tdx 1\0");

  private final Variant variant;

  TdxBinding(Variant variant) {
    this.variant = variant;
  }

  Variant variant() {
    return variant;
  }

  /** What the quote must carry: 64 bytes. */
  abstract Bytes reportData(Bytes userData, Bytes nonce);
}
