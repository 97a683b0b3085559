package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.util.List;

/**
 * The name of a TPM object (part 1, section 16): its nameAlg, then that hash over its TPMT_PUBLIC.
 * Attributes and policy are part of it, so that one name stands for one key with one use.
 */
public record TpmName(Bytes value) {
  private static final List<Long> HIERARCHIES =
      List.of(Tpm2.RH_OWNER, Tpm2.RH_ENDORSEMENT, Tpm2.RH_PLATFORM, Tpm2.RH_NULL);

  static TpmName of(Digests nameAlg, Bytes publicArea) {
    return new TpmName(
        new ByteWriter().u16be(Tpm2.algorithm(nameAlg)).bytes(nameAlg.of(publicArea)).toBytes());
  }

  /**
   * Whether a TPM called this very object so in what it signed.
   *
   * @param qualifiedName of a key right below a hierarchy (part 1, section 16.5); the name of one
   *     below another key hangs on names that nobody showed us
   */
  boolean isQualifiedBy(Bytes qualifiedName, Digests nameAlg) {
    return HIERARCHIES.stream()
        .map(hierarchy ->
            TpmName.of(nameAlg, Bytes.concat(new ByteWriter().u32be(hierarchy).toBytes(), value)))
        .anyMatch(name -> name.value().equals(qualifiedName));
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
