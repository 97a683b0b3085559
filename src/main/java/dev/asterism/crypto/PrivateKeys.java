package dev.asterism.crypto;

import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Reads the three shapes in which private keys come: PKCS#8, SEC 1 and PKCS#1. */
final class PrivateKeys {
  private PrivateKeys() {}

  static PrivateKey decode(String what, String label, Secret secret) throws MalformedException {
    byte[] der = secret.expose();
    byte[] pkcs8 = {};
    try {
      PrivateKeyInfo info = info(what, label, der);
      pkcs8 = info.getEncoded(ASN1Encoding.DER);
      return KeyFactory.getInstance(algorithm(what, info.getPrivateKeyAlgorithm()))
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Not as a cause: a parser's message may repeat what it read.
      throw new MalformedException(what, "is not a readable private key");
    } finally {
      Arrays.fill(der, (byte) 0);
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static PrivateKeyInfo info(String what, String label, byte[] der)
      throws IOException, MalformedException {
    return switch (label) {
      case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(der);
      case "EC PRIVATE KEY" -> {
        ECPrivateKey key = ECPrivateKey.getInstance(der);
        yield new PrivateKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()),
            key);
      }
      case "RSA PRIVATE KEY" ->
          new PrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
              RSAPrivateKey.getInstance(der));
      default ->
          throw new MalformedException(
              what, "is not an unencrypted private key (PKCS#8, SEC 1 or PKCS#1)");
    };
  }

  private static String algorithm(String what, AlgorithmIdentifier id) throws MalformedException {
    ASN1ObjectIdentifier oid = id.getAlgorithm();
    if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return "EC";
    }
    if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return "RSA";
    }
    if (oid.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return "Ed25519";
    }
    throw new MalformedException(what, "is neither an EC, an RSA nor an Ed25519 key");
  }
}
