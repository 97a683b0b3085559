package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RevocationListTest {
  private static final Validity VALID =
      new Validity(Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2026-02-01T00:00:00Z"));

  private final VendorAuthority authority = VendorAuthority.root("CN=Authority", VALID);

  private X509Certificate certificate() {
    return authority.issue(KeyPairs.ecP256().getPublic(), "CN=device", VALID, Map.of());
  }

  @Test
  void itListsWhatItsIssuerRevoked() throws MalformedException {
    X509Certificate revoked = certificate();
    RevocationList list =
        RevocationList.parse("list", authority.revocationList(VALID, List.of(revoked)));

    assertTrue(list.lists(revoked));
    assertFalse(list.lists(certificate()));
    assertEquals(VALID, new Validity(list.thisUpdate(), list.nextUpdate()));
  }

  @Test
  void itIsIssuedByTheKeyAndTheNameThatItSays() throws MalformedException {
    RevocationList list = RevocationList.parse("list", authority.revocationList(VALID, List.of()));

    assertTrue(list.isIssuedBy(authority.certificate()));
    assertFalse(list.isIssuedBy(VendorAuthority.root("CN=Authority", VALID).certificate()));
    assertFalse(list.isIssuedBy(authority.authority("CN=Other", VALID).certificate()));
    assertFalse(list.isIssuedBy(certificate()));
  }

  @Test
  void onlyOneWholeListIsRead() {
    Bytes der = authority.revocationList(VALID, List.of());
    for (int length = 0; length < der.length(); length++) {
      Bytes prefix = der.slice(0, length);
      assertThrows(MalformedException.class, () -> RevocationList.parse("list", prefix));
    }
    assertThrows(
        MalformedException.class,
        () -> RevocationList.parse("list", Bytes.concat(der, Bytes.zeros(1))));
  }
}
