package dev.asterism.attestation.snp;

import dev.asterism.crypto.Pem;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.jspecify.annotations.Nullable;

/** A certificate as AMD's, of which any part can be wrong. */
final class OddCertificate {
  String subject;
  String issuer;
  PublicKey key;
  boolean authority = true;

  /** How many authorities may stand below it; null: any number. */
  @Nullable Integer depth;

  /** How long it is valid. */
  int days = 1;

  /** Bits of KeyUsage; null: the extension is not there. */
  @Nullable Integer usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;

  /** Signed with RSASSA-PSS all the same. */
  ASN1ObjectIdentifier algorithm = PKCSObjectIdentifiers.id_RSASSA_PSS;

  boolean unknownCritical;
  Map<String, Bytes> extensions = new TreeMap<>();

  OddCertificate(String subject, String issuer, PublicKey key) {
    this.subject = subject;
    this.issuer = issuer;
    this.key = key;
  }

  X509Certificate signedBy(PrivateKey signer) {
    var builder =
        new X509v3CertificateBuilder(
            new X500Name(issuer),
            BigInteger.valueOf(7),
            Date.from(ForgedSnp.NOW.minus(Duration.ofDays(1))),
            Date.from(ForgedSnp.NOW.plus(Duration.ofDays(days))),
            new X500Name(subject),
            SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    try {
      if (authority) {
        var constraints = depth == null ? new BasicConstraints(true) : new BasicConstraints(depth);
        builder.addExtension(Extension.basicConstraints, true, constraints);
      }
      if (usage != null) {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      }
      if (unknownCritical) {
        builder.addExtension(new ASN1ObjectIdentifier("1.2.3.4"), true, new byte[] {5, 0});
      }
      for (var extension : extensions.entrySet()) {
        builder.addExtension(
            new ASN1ObjectIdentifier(extension.getKey()), false, extension.getValue().toArray());
      }
      return Pem.certificate(
          "certificate", Bytes.of(builder.build(signer(signer, algorithm)).getEncoded()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Signs as AMD does, and calls it by another name. */
  static ContentSigner signer(PrivateKey key, ASN1ObjectIdentifier algorithm) {
    var content = new ByteArrayOutputStream();
    return new ContentSigner() {
      @Override
      public AlgorithmIdentifier getAlgorithmIdentifier() {
        if (!algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
          return new AlgorithmIdentifier(algorithm);
        }
        var hash = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha384);
        return new AlgorithmIdentifier(
            algorithm,
            new RSASSAPSSparams(
                hash,
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash),
                new org.bouncycastle.asn1.ASN1Integer(48),
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
          signature.setParameter(PssSignatures.PARAMETERS);
          signature.initSign(key);
          signature.update(content.toByteArray());
          return signature.sign();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }
}
