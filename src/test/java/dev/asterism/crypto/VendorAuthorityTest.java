package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.VendorAuthority.Validity;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VendorAuthorityTest {
  private static final int SIGNATURES = 0;
  private static final int CERTIFICATES = 5;
  private static final int LISTS = 6;

  @Test
  void authoritiesSignCertificatesAndListsAndOthersSomethingElse() {
    var valid = new Validity(Instant.EPOCH, Instant.EPOCH.plusSeconds(9));
    VendorAuthority root = VendorAuthority.root("CN=root", valid);
    boolean[] usage = root.certificate().getKeyUsage();
    assertTrue(usage[CERTIFICATES] && usage[LISTS]);
    assertFalse(usage[SIGNATURES]);

    X509Certificate leaf = root.issue(KeyPairs.ecP256().getPublic(), "CN=leaf", valid, Map.of());
    usage = leaf.getKeyUsage();
    assertTrue(usage[SIGNATURES]);
    assertFalse(usage[CERTIFICATES] || usage[LISTS]);
    assertEquals(-1, leaf.getBasicConstraints());
  }
}
