package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Puts an X.509 v3 certificate together (RFC 5280). */
final class CertificateBuilder {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** {@code tcg-kp-AIKCertificate}, TCG EK credential profile. */
  private static final KeyPurposeId AIK_CERTIFICATE =
      KeyPurposeId.getInstance(new ASN1ObjectIdentifier("2.23.133.8.3"));

  private CertificateBuilder() {}

  static X509Certificate sign(
      CertificateAuthority.Request request,
      X500Name issuer,
      PublicKey issuerPublic,
      PrivateKey issuerPrivate) {
    try {
      var builder =
          new X509v3CertificateBuilder(
              issuer,
              serial(),
              time(request.notBefore()),
              time(request.notAfter()),
              Names.subject(request.subject()),
              SubjectPublicKeyInfo.getInstance(request.key().getEncoded()));
      addExtensions(builder, request, issuerPublic);
      var signer =
          new JcaContentSignerBuilder(CertificateAuthority.signatureAlgorithm(issuerPrivate))
              .build(issuerPrivate);
      return Pem.certificate("certificate", Bytes.of(builder.build(signer).getEncoded()));
    } catch (IOException | OperatorCreationException | MalformedException e) {
      throw new IllegalStateException("a certificate of our own making is not one", e);
    }
  }

  private static void addExtensions(
      X509v3CertificateBuilder builder,
      CertificateAuthority.Request request,
      PublicKey issuerPublic)
      throws IOException {
    boolean ca = request.usage() == CertificateAuthority.Usage.CA;
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
    builder.addExtension(Extension.keyUsage, true, keyUsage(request.usage()));
    KeyPurposeId[] purposes = purposes(request.usage());
    if (purposes.length > 0) {
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    }
    JcaX509ExtensionUtils identifiers = Identifiers.UTILS;
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        identifiers.createSubjectKeyIdentifier(request.key()));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(issuerPublic));
    if (!request.dnsNames().isEmpty() || !request.ipAddresses().isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          Names.alternatives(request.dnsNames(), request.ipAddresses()));
    }
  }

  private static KeyUsage keyUsage(CertificateAuthority.Usage usage) {
    return switch (usage) {
      case CA -> new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign);
      case KUBELET, CLIENT, SERVER ->
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
      case ATTESTATION_KEY -> new KeyUsage(KeyUsage.digitalSignature);
    };
  }

  private static KeyPurposeId[] purposes(CertificateAuthority.Usage usage) {
    return switch (usage) {
      case CA -> new KeyPurposeId[0];
      case KUBELET ->
          new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth};
      case CLIENT -> new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
      case SERVER -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth};
      case ATTESTATION_KEY -> new KeyPurposeId[] {AIK_CERTIFICATE};
    };
  }

  /** BouncyCastle's own way makes a date format for each. */
  private static Time time(Instant at) throws IOException {
    return Time.getInstance(ASN1Primitive.fromByteArray(Der.time(at).toArray()));
  }

  /** 127 random bits, so that the DER integer is positive and as long as the aTLS certificates'. */
  private static BigInteger serial() {
    return new BigInteger(127, RANDOM).max(BigInteger.ONE);
  }

  private static final class Identifiers {
    static final JcaX509ExtensionUtils UTILS = create();

    private static JcaX509ExtensionUtils create() {
      try {
        return new JcaX509ExtensionUtils();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this JDK has no SHA-1 for key identifiers", e);
      }
    }
  }
}
