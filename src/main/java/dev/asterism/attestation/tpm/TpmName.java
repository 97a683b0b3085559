package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;

/**
 * The name of a TPM object (part 1, section 16): its nameAlg, then that hash over its TPMT_PUBLIC.
 * Attributes and policy are part of it, so that one name stands for one key with one use.
 */
public record TpmName(Bytes value) {
  static TpmName of(Digests nameAlg, Bytes publicArea) {
    return new TpmName(
        new ByteWriter().u16be(Tpm2.algorithm(nameAlg)).bytes(nameAlg.of(publicArea)).toBytes());
  }

  /** {@code 000b…}, lower case. */
  public String hex() {
    return value.hex();
  }

  @Override
  public String toString() {
    return hex();
  }
}
