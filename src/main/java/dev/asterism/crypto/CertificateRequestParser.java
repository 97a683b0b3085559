package dev.asterism.crypto;

import dev.asterism.crypto.CertificateRequests.Attribute;
import dev.asterism.crypto.CertificateRequests.Parsed;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Reads a stranger's PKCS#10 request; see {@link CertificateRequests#parse}. */
final class CertificateRequestParser {
  private static final String WHAT = "certificate_request";

  /** Key algorithm by signature algorithm: what Go and OpenSSL sign requests with today. */
  private static final Map<ASN1ObjectIdentifier, String[]> SIGNATURES =
      Map.of(
          X9ObjectIdentifiers.ecdsa_with_SHA256, new String[] {"EC", "SHA256withECDSA"},
          X9ObjectIdentifiers.ecdsa_with_SHA384, new String[] {"EC", "SHA384withECDSA"},
          X9ObjectIdentifiers.ecdsa_with_SHA512, new String[] {"EC", "SHA512withECDSA"},
          PKCSObjectIdentifiers.sha256WithRSAEncryption, new String[] {"RSA", "SHA256withRSA"},
          PKCSObjectIdentifiers.sha384WithRSAEncryption, new String[] {"RSA", "SHA384withRSA"},
          PKCSObjectIdentifiers.sha512WithRSAEncryption, new String[] {"RSA", "SHA512withRSA"},
          EdECObjectIdentifiers.id_Ed25519, new String[] {"Ed25519", "Ed25519"});

  private CertificateRequestParser() {}

  static Parsed parse(Bytes der) throws MalformedException {
    if (der.length() > CertificateRequests.MAX_BYTES) {
      throw new MalformedException(
          WHAT, "is larger than " + CertificateRequests.MAX_BYTES + " bytes");
    }
    try {
      var request = new PKCS10CertificationRequest(der.toArray());
      byte[] canonical = request.toASN1Structure().getEncoded(ASN1Encoding.DER);
      if (!Bytes.of(canonical).equals(der)) {
        throw new MalformedException(WHAT, "is not exactly one DER request");
      }
      PublicKey key = verifiedKey(request);
      SubjectPublicKeyInfo info = request.getSubjectPublicKeyInfo();
      var dnsNames = new ArrayList<String>();
      var ipAddresses = new ArrayList<String>();
      readAlternatives(request, dnsNames, ipAddresses);
      return new Parsed(
          new X500Principal(request.getSubject().getEncoded()).getName(X500Principal.RFC2253),
          attributes(request.getSubject()),
          key,
          X9ObjectIdentifiers.prime256v1.equals(info.getAlgorithm().getParameters()),
          dnsNames,
          ipAddresses);
    } catch (IOException | RuntimeException e) {
      throw new MalformedException(WHAT, "is not a DER PKCS#10 request");
    }
  }

  private static PublicKey verifiedKey(PKCS10CertificationRequest request)
      throws IOException, MalformedException {
    String[] algorithms = SIGNATURES.get(request.getSignatureAlgorithm().getAlgorithm());
    if (algorithms == null) {
      throw new MalformedException(
          WHAT, "is signed with an algorithm other than ECDSA, RSA or Ed25519 with SHA-2");
    }
    try {
      PublicKey key =
          KeyFactory.getInstance(algorithms[0])
              .generatePublic(
                  new X509EncodedKeySpec(request.getSubjectPublicKeyInfo().getEncoded()));
      Signature signature = Signature.getInstance(algorithms[1]);
      signature.initVerify(key);
      signature.update(
          request.toASN1Structure().getCertificationRequestInfo().getEncoded(ASN1Encoding.DER));
      if (signature.verify(request.getSignature())) {
        return key;
      }
    } catch (GeneralSecurityException e) {
      // A key or signature that cannot even be read verifies nothing.
    }
    throw new MalformedException(WHAT, "is not signed by the key it asks a certificate for");
  }

  private static List<Attribute> attributes(X500Name subject) throws MalformedException {
    var attributes = new ArrayList<Attribute>();
    for (RDN rdn : subject.getRDNs()) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (!(attribute.getValue() instanceof ASN1String value)) {
          throw new MalformedException(WHAT, "has a subject attribute that is no string");
        }
        attributes.add(new Attribute(attribute.getType().getId(), value.getString()));
      }
    }
    return attributes;
  }

  private static void readAlternatives(
      PKCS10CertificationRequest request, List<String> dnsNames, List<String> ipAddresses)
      throws MalformedException, UnknownHostException {
    Extensions extensions = request.getRequestedExtensions();
    Extension extension =
        extensions == null ? null : extensions.getExtension(Extension.subjectAlternativeName);
    if (extension == null) {
      return;
    }
    for (GeneralName name : GeneralNames.getInstance(extension.getParsedValue()).getNames()) {
      switch (name.getTagNo()) {
        case GeneralName.dNSName -> dnsNames.add(((ASN1String) name.getName()).getString());
        case GeneralName.iPAddress ->
            ipAddresses.add(
                InetAddress.getByAddress(ASN1OctetString.getInstance(name.getName()).getOctets())
                    .getHostAddress());
        default ->
            throw new MalformedException(
                WHAT, "asks for an alternative name that is neither a host name nor an address");
      }
    }
  }
}
