package dev.asterism.attestation.tpm;

import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;

/** Public areas that TPM2_CreatePrimary makes attestation keys from. */
public final class AkTemplate {
  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign. */
  static final long ATTRIBUTES = 0x00050072L;

  private static final int RSA_BITS = 2048;

  /**
   * The wire contract's (section 4): RSA-2048, RSASSA with SHA-256. A TPM makes the same key of it
   * each time, as long as its owner seed lives.
   */
  public static final Bytes RSA_2048 =
      start(Tpm2.ALG_RSA)
          .u16be(Tpm2.ALG_NULL)
          .u16be(Tpm2.ALG_RSASSA)
          .u16be(Tpm2.ALG_SHA256)
          .u16be(RSA_BITS)
          .u32be(0)
          .u16be(0)
          .toBytes();

  /** The same for ECDSA P-256 with SHA-256. */
  public static final Bytes ECC_P256 =
      start(Tpm2.ALG_ECC)
          .u16be(Tpm2.ALG_NULL)
          .u16be(Tpm2.ALG_ECDSA)
          .u16be(Tpm2.ALG_SHA256)
          .u16be(Tpm2.ECC_NIST_P256)
          .u16be(Tpm2.ALG_NULL)
          .u16be(0)
          .u16be(0)
          .toBytes();

  private AkTemplate() {}

  private static ByteWriter start(int type) {
    return new ByteWriter().u16be(type).u16be(Tpm2.ALG_SHA256).u32be(ATTRIBUTES).u16be(0);
  }
}
