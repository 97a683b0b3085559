package dev.asterism.attestation.snp;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** The one way AMD's authorities sign (AMD 57230): RSASSA-PSS, SHA-384, a salt of 48 bytes. */
final class PssSignatures {
  static final String OID = "1.2.840.113549.1.1.10";

  static final PSSParameterSpec PARAMETERS =
      new PSSParameterSpec(
          "SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, PSSParameterSpec.TRAILER_FIELD_BC);

  private static final int SMALLEST_KEY = 2048;

  private PssSignatures() {}

  /** Whether it is the key's over {@code message}, whatever parameters the object states. */
  static boolean verify(PublicKey key, byte[] message, byte[] signature) {
    if (!(key instanceof RSAPublicKey rsa) || rsa.getModulus().bitLength() < SMALLEST_KEY) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("RSASSA-PSS");
      verifier.setParameter(PARAMETERS);
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (SignatureException | InvalidKeyException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not verify RSASSA-PSS", e);
    }
  }
}
