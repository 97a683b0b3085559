package dev.asterism.crypto;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.ContentSigner;

/** Signs with RSASSA-PSS, SHA-384 and a salt of 48 bytes, by the JCA. */
final class PssSigner implements ContentSigner {
  private static final int SALT = 48;
  private static final AlgorithmIdentifier SHA384 =
      new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha384, DERNull.INSTANCE);

  private final PrivateKey key;
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();

  PssSigner(PrivateKey key) {
    this.key = key;
  }

  @Override
  public AlgorithmIdentifier getAlgorithmIdentifier() {
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_RSASSA_PSS,
        new RSASSAPSSparams(
            SHA384,
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, SHA384),
            new ASN1Integer(SALT),
            RSASSAPSSparams.DEFAULT_TRAILER_FIELD));
  }

  @Override
  public OutputStream getOutputStream() {
    return content;
  }

  @Override
  public byte[] getSignature() {
    try {
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec(
              "SHA-384",
              "MGF1",
              MGF1ParameterSpec.SHA384,
              SALT,
              PSSParameterSpec.TRAILER_FIELD_BC));
      signature.initSign(key);
      signature.update(content.toByteArray());
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not sign with RSASSA-PSS", e);
    }
  }
}
