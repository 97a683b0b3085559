package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;

/**
 * TPMT_PUBLIC (part 2, section 12.2.4) of a signing key.
 *
 * @param raw all of it, the bytes that the name is over
 * @param objectAttributes TPMA_OBJECT
 */
public record TpmtPublic(
    Bytes raw, Digests nameAlg, long objectAttributes, Bytes authPolicy, Parameters parameters) {

  /** What depends on the type of key. */
  public sealed interface Parameters {
    /** The scheme it is bound to; TPM_ALG_NULL where none. */
    int scheme();

    /** The scheme's hash. Meaningless where {@link #scheme} is TPM_ALG_NULL. */
    Digests hash();
  }

  /**
   * TPMS_RSA_PARMS and TPM2B_PUBLIC_KEY_RSA.
   *
   * @param exponent as in the area: 0 stands for 65537
   */
  public record Rsa(int scheme, Digests hash, int keyBits, long exponent, Bytes modulus)
      implements Parameters {}

  /** TPMS_ECC_PARMS and TPMS_ECC_POINT. */
  public record Ecc(int scheme, Digests hash, int curve, Bytes x, Bytes y) implements Parameters {}

  /** Reads the whole of {@code raw}. */
  public static TpmtPublic parse(Bytes raw) throws MalformedException {
    ByteReader in = raw.reader("TPMT_PUBLIC");
    int type = in.u16be("type");
    Digests nameAlg = Algorithms.hash("nameAlg", in);
    long objectAttributes = in.u32be("objectAttributes");
    Bytes authPolicy = in.bytes("authPolicy", in.u16be("authPolicy.size"));
    Parameters parameters =
        switch (type) {
          case Tpm2.ALG_RSA -> rsa(in);
          case Tpm2.ALG_ECC -> ecc(in);
          default -> throw new MalformedException("type", 0, "is neither RSA nor ECC");
        };
    in.end();
    return new TpmtPublic(raw, nameAlg, objectAttributes, authPolicy, parameters);
  }

  /** The object's name. */
  public TpmName name() {
    return TpmName.of(nameAlg, raw);
  }

  /**
   * The key alone.
   *
   * @throws MalformedException if it is no sound RSA key or point on its curve
   */
  public PublicKey publicKey() throws MalformedException {
    return switch (parameters) {
      case Rsa rsa -> SigningKeys.rsa(rsa);
      case Ecc ecc -> SigningKeys.ecc(ecc);
    };
  }

  private static Rsa rsa(ByteReader in) throws MalformedException {
    noSymmetric(in);
    int scheme = in.u16be("scheme");
    Digests hash = schemeHash(scheme, in);
    int keyBits = in.u16be("keyBits");
    long exponent = in.u32be("exponent");
    Bytes modulus = in.bytes("unique", in.u16be("unique.size"));
    return new Rsa(scheme, hash, keyBits, exponent, modulus);
  }

  private static Ecc ecc(ByteReader in) throws MalformedException {
    noSymmetric(in);
    int scheme = in.u16be("scheme");
    Digests hash = schemeHash(scheme, in);
    int curve = in.u16be("curveID");
    if (in.u16be("kdf") != Tpm2.ALG_NULL) {
      throw new MalformedException("kdf", in.position(), "is not null, as for a signing key");
    }
    Bytes x = in.bytes("unique.x", in.u16be("unique.x.size"));
    Bytes y = in.bytes("unique.y", in.u16be("unique.y.size"));
    return new Ecc(scheme, hash, curve, x, y);
  }

  private static void noSymmetric(ByteReader in) throws MalformedException {
    if (in.u16be("symmetric") != Tpm2.ALG_NULL) {
      throw new MalformedException("symmetric", in.position(), "is not null, as for a signing key");
    }
  }

  private static Digests schemeHash(int scheme, ByteReader in) throws MalformedException {
    return switch (scheme) {
      case Tpm2.ALG_NULL -> Digests.SHA256;
      case Tpm2.ALG_RSASSA, Tpm2.ALG_RSAPSS, Tpm2.ALG_ECDSA -> Algorithms.hash("scheme.hash", in);
      default ->
          throw new MalformedException(
              "scheme", in.position(), "is not RSASSA, RSAPSS, ECDSA or null");
    };
  }
}
