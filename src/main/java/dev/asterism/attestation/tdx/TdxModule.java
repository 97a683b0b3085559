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

  TdxModule {
    levels = List.copyOf(levels);
  }

  boolean isThatOf(TdQuoteBody body) {
    return body.mrSignerSeam().equals(mrSigner)
        && Masked.equal(body.seamAttributes(), attributes, attributesMask);
  }
}
