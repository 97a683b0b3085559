package dev.asterism.attestation.aws;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Cbor;
import dev.asterism.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.List;
import java.util.Map;

/**
 * COSE_Sign1 (RFC 9052, section 4.2) with ES384, the one algorithm of Nitro documents. What the
 * unprotected header says is not looked at.
 *
 * @param protectedHeader its bytes, which are signed
 * @param signature r and s, 48 bytes each
 */
record CoseSign1(Bytes protectedHeader, Bytes payload, Bytes signature) {
  private static final String WHAT = "COSE_Sign1";
  private static final long TAG = 18;
  private static final Cbor ALGORITHM = new Cbor.Int(1);
  private static final Cbor ES384 = new Cbor.Int(-35);
  private static final int SIGNATURE_BYTES = 96;

  /** An array of four, its context, and the text "Signature1". */
  private static final Bytes SIG_STRUCTURE =
      Bytes.concat(Bytes.of(new byte[] {(byte) 0x84, 0x6a}), Bytes.ofUtf8("Signature1"));

  /** Tagged or not; nothing may follow. */
  static CoseSign1 parse(Bytes document) throws MalformedException {
    Cbor item = Cbor.parse(WHAT, document);
    if (item instanceof Cbor.Tagged(long tag, Cbor inside)) {
      if (tag != TAG) {
        throw new MalformedException(WHAT, "has another tag");
      }
      item = inside;
    }
    if (item instanceof Cbor.Items(List<Cbor> parts)
        && parts.size() == 4
        && parts.get(0) instanceof Cbor.ByteString(Bytes header)
        && parts.get(1) instanceof Cbor.Entries
        && parts.get(2) instanceof Cbor.ByteString(Bytes payload)
        && parts.get(3) instanceof Cbor.ByteString(Bytes signature)) {
      requireEs384(header);
      if (signature.length() != SIGNATURE_BYTES) {
        throw new MalformedException(WHAT + ".signature", "must have 96 bytes");
      }
      return new CoseSign1(header, payload, signature);
    }
    throw new MalformedException(WHAT, "is not a list of header, map, payload and signature");
  }

  /** Any other protected member could change what the signature means. */
  private static void requireEs384(Bytes header) throws MalformedException {
    Cbor parsed = Cbor.parse(WHAT + ".protected", header);
    if (!parsed.equals(new Cbor.Entries(Map.of(ALGORITHM, ES384)))) {
      throw new MalformedException(WHAT + ".protected", "is not the algorithm ES384 alone");
    }
  }

  boolean signedBy(PublicKey key) {
    try {
      Signature verifier = Signature.getInstance("SHA384withECDSAinP1363Format");
      verifier.initVerify(key);
      verifier.update(toBeSigned().toArray());
      return verifier.verify(signature.toArray());
    } catch (InvalidKeyException | SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not verify ES384", e);
    }
  }

  /** Sig_structure (section 4.4), without external data. */
  Bytes toBeSigned() {
    return Bytes.concat(
        SIG_STRUCTURE,
        Cbor.head(protectedHeader.length()),
        protectedHeader,
        Cbor.head(0),
        Cbor.head(payload.length()),
        payload);
  }
}
