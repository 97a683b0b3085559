package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import java.util.List;

/**
 * How a TDX module must look: {@code tdxModule}, or one of {@code tdxModuleIdentities}.
 *
 * @param id {@code TDX_03}; empty for {@code tdxModule}, which has no levels of its own
 * @param mrSigner 48 bytes
 * @param attributes 8 bytes, under the mask
 */
record TdxModule(
    String id, Bytes mrSigner, Bytes attributes, Bytes attributesMask, List<IsvLevel> levels) {

  private static final String PREFIX = "TDX_";

  TdxModule {
    levels = List.copyOf(levels);
  }

  /** Whether it is the identity of modules of that version: {@code TDX_03} of 3. */
  boolean isOfVersion(int version) {
    return id.length() == PREFIX.length() + 2
        && id.startsWith(PREFIX)
        && Character.digit(id.charAt(PREFIX.length()), 16) == version >> 4
        && Character.digit(id.charAt(PREFIX.length() + 1), 16) == (version & 0xf);
  }

  boolean isThatOf(TdQuoteBody body) {
    return body.mrSignerSeam().equals(mrSigner)
        && Masked.equal(body.seamAttributes(), attributes, attributesMask);
  }
}
