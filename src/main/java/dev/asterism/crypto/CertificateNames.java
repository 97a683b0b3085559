package dev.asterism.crypto;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Whom a certificate names. */
public final class CertificateNames {
  /** The longest common name that X.520 allows; what records and policies can hold as it is. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:@/-]{1,64}");

  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private CertificateNames() {}

  /** Whether a certificate can bear such a name at all. */
  public static boolean isCaller(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * The caller that a client's certificate names: its subject's only common name, as Kubernetes has
   * it.
   *
   * @return empty where there is none, more than one, or one that {@link #isCaller} does not take
   */
  public static Optional<String> caller(X509Certificate certificate) {
    return commonName(certificate).filter(CertificateNames::isCaller);
  }

  /**
   * The subject's only common name.
   *
   * @return empty where there is none, or more than one, or the subject cannot be read
   */
  public static Optional<String> commonName(X509Certificate certificate) {
    try {
      List<String> names = commonNames(certificate);
      return names.size() == 1 ? Optional.of(names.getFirst()) : Optional.empty();
    } catch (IllegalArgumentException e) {
      // Whoever parsed the certificate is less strict about encodings than we are here.
      return Optional.empty();
    }
  }

  private static List<String> commonNames(X509Certificate certificate) {
    byte[] subject = certificate.getSubjectX500Principal().getEncoded();
    List<String> names = new ArrayList<>();
    for (RDN part : X500Name.getInstance(subject).getRDNs()) {
      for (AttributeTypeAndValue attribute : part.getTypesAndValues()) {
        if (attribute.getType().equals(BCStyle.CN)) {
          names.add(attribute.getValue() instanceof ASN1String text ? text.getString() : "");
        }
      }
    }
    return names;
  }

  /**
   * Whether a server's certificate names {@code host} among its alternative names (RFC 9525): an
   * address as an address, any other host as a DNS name, letter by letter but for their case. The
   * common name and wildcards count for nothing.
   *
   * @param host a DNS name, or an address without brackets
   */
  public static boolean isServer(X509Certificate certificate, String host) {
    Optional<InetAddress> address = literal(host);
    for (List<?> alternative : alternatives(certificate)) {
      int type = (Integer) alternative.get(0);
      if (!(alternative.get(1) instanceof String name)) {
        continue;
      }
      boolean same =
          address.isPresent()
              ? type == IP_ADDRESS && literal(name).equals(address)
              : type == DNS_NAME && canonical(name).equals(canonical(host));
      if (same) {
        return true;
      }
    }
    return false;
  }

  private static Collection<List<?>> alternatives(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /** Never looks anything up. */
  private static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String canonical(String dnsName) {
    String lower = dnsName.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
