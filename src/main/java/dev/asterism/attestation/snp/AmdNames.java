package dev.asterism.attestation.snp;

import java.util.Arrays;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** The names of AMD's authorities (AMD 57230). */
final class AmdNames {
  private AmdNames() {}

  /** Of which line, and for which keys, an authority is. */
  record Authority(ProductLine line, KeyKind kind) {}

  /** The only common name; empty where there is none or more than one. */
  static String commonName(X500Principal principal) {
    try {
      var names =
          new LdapName(principal.getName(X500Principal.RFC2253))
              .getRdns().stream()
                  .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                  .map(Rdn::getValue)
                  .toList();
      return names.size() == 1 && names.getFirst() instanceof String name ? name : "";
    } catch (InvalidNameException e) {
      return "";
    }
  }

  /** The authority of that common name: {@code SEV-Milan}, {@code SEV-VLEK-Genoa}. */
  static Optional<Authority> authority(String commonName) {
    return Arrays.stream(ProductLine.values())
        .flatMap(line -> Arrays.stream(KeyKind.values()).map(kind -> new Authority(line, kind)))
        .filter(a -> a.line().issuerName(a.kind()).equals(commonName))
        .findAny();
  }
}
