package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import javax.naming.ldap.Rdn;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** PKCS#10 certificate requests (RFC 2986). */
public final class CertificateRequests {
  /** Far more than a kubelet's request needs. */
  static final int MAX_BYTES = 16 * 1024;

  private CertificateRequests() {}

  /**
   * What a request asks for, its signature verified: who sent it has the key.
   *
   * @param subject RFC 4514
   * @param attributes the subject's attributes in order, by dotted OID
   * @param p256 whether the key is on NIST P-256, by name
   */
  public record Parsed(
      String subject,
      List<Attribute> attributes,
      PublicKey key,
      boolean p256,
      List<String> dnsNames,
      List<String> ipAddresses) {
    public Parsed {
      attributes = List.copyOf(attributes);
      dnsNames = List.copyOf(dnsNames);
      ipAddresses = List.copyOf(ipAddresses);
    }

    /** The values of one attribute of the subject. */
    public List<String> values(String oid) {
      return attributes.stream().filter(a -> a.oid().equals(oid)).map(Attribute::value).toList();
    }
  }

  /**
   * One attribute of a subject.
   *
   * @param oid {@link #COMMON_NAME}, {@link #ORGANIZATION}, …
   */
  public record Attribute(String oid, String value) {}

  public static final String COMMON_NAME = "2.5.4.3";
  public static final String ORGANIZATION = "2.5.4.10";

  /**
   * A kubelet's request: {@code CN=system:node:<nodeName>,O=system:nodes}.
   *
   * @param ips literals
   * @return DER
   */
  public static Bytes create(
      KeyPair pair, String nodeName, List<String> dnsNames, List<String> ips) {
    String escaped = Rdn.escapeValue("system:node:" + nodeName);
    PKCS10CertificationRequestBuilder builder =
        new JcaPKCS10CertificationRequestBuilder(
            Names.subject("CN=" + escaped + ",O=system:nodes"), pair.getPublic());
    try {
      if (!dnsNames.isEmpty() || !ips.isEmpty()) {
        var extensions = new ExtensionsGenerator();
        extensions.addExtension(
            Extension.subjectAlternativeName, false, Names.alternatives(dnsNames, ips));
        builder.addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
      }
      var signer =
          new JcaContentSignerBuilder(CertificateAuthority.signatureAlgorithm(pair.getPrivate()))
              .build(pair.getPrivate());
      return Bytes.of(builder.build(signer).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("a certificate request of our own making is not one", e);
    }
  }

  /**
   * Reads a request and verifies its own signature.
   *
   * @throws MalformedException if it is not exactly one DER request, or is not signed by its key
   */
  public static Parsed parse(Bytes der) throws MalformedException {
    return CertificateRequestParser.parse(der);
  }
}
