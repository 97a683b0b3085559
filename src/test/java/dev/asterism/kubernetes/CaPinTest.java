package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaPinTest {
  private static final CertificateAuthority CA =
      CertificateAuthority.create("kubernetes", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));

  @Test
  void isTheHashOfTheSubjectPublicKeyInfo() {
    Bytes spki = Bytes.of(CA.certificate().getPublicKey().getEncoded());
    assertEquals("sha256:" + Digests.SHA256.of(spki).hex(), CaPin.of(CA.certificate()).toString());
  }

  @Test
  void matchesThatCaAlone() throws Exception {
    CaPin pin = CaPin.parse(CaPin.of(CA.certificate()).value());
    assertTrue(pin.matches(CA.certificate()));
    var other =
        CertificateAuthority.create("kubernetes", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));
    assertFalse(pin.matches(other.certificate()));
  }

  @Test
  void refusesOtherForms() {
    String hex = "ab".repeat(32);
    for (String bad :
        List.of(
            "",
            hex,
            "sha512:" + hex,
            "sha256:" + hex + "00",
            "SHA256:" + hex,
            "sha256:" + hex.toUpperCase(java.util.Locale.ROOT),
            "sha256:" + hex + "\n")) {
      assertThrows(MalformedException.class, () -> CaPin.parse(bad), bad);
    }
  }
}
