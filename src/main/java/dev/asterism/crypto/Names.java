package dev.asterism.crypto;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/** Subjects and alternative names, from text to ASN.1. */
final class Names {
  private static final Pattern DNS_NAME =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([-A-Za-z0-9_.]{0,251}[A-Za-z0-9_])?");

  private Names() {}

  /** Reads an RFC 4514 name; strings become PrintableString where they can, as Go writes them. */
  static X500Name subject(String rfc4514) {
    return subject(new X500Principal(rfc4514));
  }

  static X500Name subject(X500Principal principal) {
    return X500Name.getInstance(principal.getEncoded());
  }

  /** Host names and literal addresses; nothing is ever looked up. */
  static GeneralNames alternatives(List<String> dnsNames, List<String> ipAddresses) {
    var names = new ArrayList<GeneralName>();
    for (String name : dnsNames) {
      if (!DNS_NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("not a host name: " + name);
      }
      names.add(new GeneralName(GeneralName.dNSName, name));
    }
    for (String address : ipAddresses) {
      byte[] octets = InetAddress.ofLiteral(address).getAddress();
      names.add(new GeneralName(GeneralName.iPAddress, new DEROctetString(octets)));
    }
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }
}
