package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/** TPMT_SIGNATURE (part 2, section 11.3.4) of the schemes an attestation key can have. */
public sealed interface TpmtSignature {
  /** TPMI_ALG_SIG_SCHEME. */
  int scheme();

  /** The hash of the scheme; also of the PCR digest that the signature covers. */
  Digests hash();

  /**
   * RSASSA or RSAPSS.
   *
   * @param sig big endian, as long as the modulus
   */
  record Rsa(int scheme, Digests hash, Bytes sig) implements TpmtSignature {}

  /** Both big endian, without leading zeros or with. */
  record Ecdsa(Digests hash, Bytes r, Bytes s) implements TpmtSignature {
    @Override
    public int scheme() {
      return Tpm2.ALG_ECDSA;
    }
  }

  /** Reads the whole of {@code raw}. */
  static TpmtSignature parse(Bytes raw) throws MalformedException {
    ByteReader in = raw.reader("TPMT_SIGNATURE");
    TpmtSignature signature = read(in);
    in.end();
    return signature;
  }

  /** Reads one from the cursor. */
  static TpmtSignature read(ByteReader in) throws MalformedException {
    int scheme = in.u16be("sigAlg");
    if (scheme != Tpm2.ALG_RSASSA && scheme != Tpm2.ALG_RSAPSS && scheme != Tpm2.ALG_ECDSA) {
      throw new MalformedException("sigAlg", in.position(), "is not RSASSA, RSAPSS or ECDSA");
    }
    Digests hash = Algorithms.hash("hash", in);
    if (scheme == Tpm2.ALG_ECDSA) {
      Bytes r = in.bytes("signatureR", in.u16be("signatureR.size"));
      Bytes s = in.bytes("signatureS", in.u16be("signatureS.size"));
      return new Ecdsa(hash, r, s);
    }
    return new Rsa(scheme, hash, in.bytes("sig", in.u16be("sig.size")));
  }

  /** The wire form. */
  default Bytes encode() {
    ByteWriter out = new ByteWriter().u16be(scheme()).u16be(Tpm2.algorithm(hash()));
    return switch (this) {
      case Rsa rsa -> out.sized16be(rsa.sig()).toBytes();
      case Ecdsa ecdsa -> out.sized16be(ecdsa.r()).sized16be(ecdsa.s()).toBytes();
    };
  }
}
