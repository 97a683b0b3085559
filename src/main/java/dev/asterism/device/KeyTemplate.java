package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * TPMT_PUBLIC up to its unique field: what a primary signing key is to be.
 *
 * @param type TPM_ALG_RSA or TPM_ALG_ECC
 * @param attributes TPMA_OBJECT
 * @param scheme TPM_ALG_NULL where each signature names its own
 * @param schemeHash null where the scheme is
 * @param size key bits (RSA) or TPM_ECC_CURVE
 */
record KeyTemplate(
    int type,
    Digests nameAlg,
    long attributes,
    Bytes authPolicy,
    int scheme,
    @Nullable Digests schemeHash,
    int size) {

  static final int RSA_BITS = 2048;
  private static final long F4 = 65537;

  private static final long FIXED_TPM = 1 << 1;
  private static final long FIXED_PARENT = 1 << 4;
  private static final long SENSITIVE_DATA_ORIGIN = 1 << 5;
  private static final long USER_WITH_AUTH = 1 << 6;
  private static final long NO_DA = 1 << 10;
  private static final long RESTRICTED = 1 << 16;
  private static final long DECRYPT = 1 << 17;
  private static final long SIGN = 1 << 18;

  /** Every bit of TPMA_OBJECT that means something to a primary key of ours. */
  private static final long KNOWN =
      FIXED_TPM
          | FIXED_PARENT
          | SENSITIVE_DATA_ORIGIN
          | USER_WITH_AUTH
          | 1 << 7 // adminWithPolicy
          | NO_DA
          | RESTRICTED
          | DECRYPT
          | SIGN
          | 1 << 2 // stClear
          | 1 << 11; // encryptedDuplication

  /** The parameter of TPM2_CreatePrimary that the template is. */
  private static final int IN_PUBLIC = 2;

  boolean userWithAuth() {
    return (attributes & USER_WITH_AUTH) != 0;
  }

  boolean isExemptFromLockout() {
    return (attributes & NO_DA) != 0;
  }

  boolean isEcc() {
    return type == Tpm2.ALG_ECC;
  }

  /**
   * Reads all of a TPMT_PUBLIC; what its unique field holds only matters to the key's derivation.
   */
  static KeyTemplate read(ByteReader in) throws TpmError, MalformedException {
    int type = in.u16be("type");
    if (type != Tpm2.ALG_RSA && type != Tpm2.ALG_ECC) {
      throw wrong(TpmError.TYPE);
    }
    Digests nameAlg = hash(in.u16be("nameAlg"));
    long attributes = in.u32be("objectAttributes");
    Bytes authPolicy = in.bytes("authPolicy", in.u16be("authPolicy.size"));
    checkAttributes(attributes);
    if (!authPolicy.isEmpty() && authPolicy.length() != nameAlg.length()) {
      throw wrong(TpmError.SIZE);
    }
    if (in.u16be("symmetric") != Tpm2.ALG_NULL) {
      throw wrong(TpmError.SYMMETRIC);
    }
    int scheme = in.u16be("scheme");
    checkScheme(type, scheme, attributes);
    Digests schemeHash = scheme == Tpm2.ALG_NULL ? null : hash(in.u16be("scheme.hash"));
    int size = type == Tpm2.ALG_RSA ? readRsa(in) : readEcc(in);
    in.end();
    return new KeyTemplate(type, nameAlg, attributes, authPolicy, scheme, schemeHash, size);
  }

  /** The same with a key in it. */
  Bytes publicArea(Bytes unique) {
    ByteWriter out =
        new ByteWriter()
            .u16be(type)
            .u16be(Tpm2.algorithm(nameAlg))
            .u32be(attributes)
            .sized16be(authPolicy)
            .u16be(Tpm2.ALG_NULL)
            .u16be(scheme);
    if (schemeHash != null) {
      out.u16be(Tpm2.algorithm(schemeHash));
    }
    out.u16be(size);
    if (isEcc()) {
      out.u16be(Tpm2.ALG_NULL);
    } else {
      out.u32be(0);
    }
    return out.bytes(unique).toBytes();
  }

  private static void checkAttributes(long attributes) throws TpmError {
    if ((attributes & ~KNOWN) != 0) {
      throw wrong(TpmError.RESERVED_BITS);
    }
    boolean fixed = (attributes & FIXED_TPM) != 0;
    // A primary's parent, the hierarchy, never leaves the TPM.
    if (fixed != ((attributes & FIXED_PARENT) != 0)) {
      throw wrong(TpmError.ATTRIBUTES);
    }
    boolean signsOnly = (attributes & (SIGN | DECRYPT)) == SIGN;
    if (!signsOnly || (attributes & SENSITIVE_DATA_ORIGIN) == 0) {
      throw wrong(TpmError.ATTRIBUTES);
    }
  }

  private static void checkScheme(int type, int scheme, long attributes) throws TpmError {
    boolean fits =
        switch (scheme) {
          case Tpm2.ALG_NULL -> (attributes & RESTRICTED) == 0;
          case Tpm2.ALG_RSASSA, Tpm2.ALG_RSAPSS -> type == Tpm2.ALG_RSA;
          case Tpm2.ALG_ECDSA -> type == Tpm2.ALG_ECC;
          default -> false;
        };
    if (!fits) {
      throw wrong(TpmError.SCHEME);
    }
  }

  private static int readRsa(ByteReader in) throws TpmError, MalformedException {
    int bits = in.u16be("keyBits");
    if (bits != RSA_BITS) {
      throw wrong(TpmError.VALUE);
    }
    long exponent = in.u32be("exponent");
    if (exponent != 0 && exponent != F4) {
      throw wrong(TpmError.RANGE);
    }
    in.bytes("unique", in.u16be("unique.size"));
    return bits;
  }

  private static int readEcc(ByteReader in) throws TpmError, MalformedException {
    int curve = in.u16be("curveID");
    if (curve != Tpm2.ECC_NIST_P256 && curve != Tpm2.ECC_NIST_P384) {
      throw wrong(TpmError.CURVE);
    }
    if (in.u16be("kdf") != Tpm2.ALG_NULL) {
      throw wrong(TpmError.KDF);
    }
    in.bytes("unique.x", in.u16be("unique.x.size"));
    in.bytes("unique.y", in.u16be("unique.y.size"));
    return curve;
  }

  private static Digests hash(int algorithm) throws TpmError {
    return Tpm2.hash(algorithm).orElseThrow(() -> wrong(TpmError.HASH));
  }

  private static TpmError wrong(int error) {
    return TpmError.parameter(IN_PUBLIC, error);
  }
}
