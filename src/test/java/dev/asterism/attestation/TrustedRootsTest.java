package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrustedRootsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Validity VALID = new Validity(NOW, NOW.plusSeconds(60));
  private static final VendorAuthority ROOT = VendorAuthority.root("CN=root", VALID);

  @Test
  void aListHoldsCertificatesAndIdsOfAnchors() throws Exception {
    var roots =
        TrustedRoots.listed("roots", List.of(Pem.encode(ROOT.certificate()), "aws-nitro-root-g1"));
    assertEquals(List.of(ROOT.certificate()), roots.certificates());
    assertEquals(Set.of(TrustAnchor.AWS_NITRO_ROOT_G1), roots.anchors());
  }

  @Test
  void whatIsNeitherIsNotGuessedAt() {
    var e =
        assertThrows(
            MalformedException.class, () -> TrustedRoots.listed("roots", List.of("a-root")));
    assertTrue(e.getMessage().contains("neither PEM nor the id"), e.getMessage());
  }

  @Test
  void anAnchorIsItsKeyWhateverCertificateItComesIn() {
    X509Certificate another =
        ROOT.issue(
            AnchorKeys.of(TrustAnchor.GCP_EK_AK_ROOT).orElseThrow().key(),
            "CN=another",
            VALID,
            Map.of());
    assertTrue(new TrustedRoots(List.of(), Set.of(TrustAnchor.GCP_EK_AK_ROOT)).holds(another));
    assertFalse(new TrustedRoots(List.of(), Set.of(TrustAnchor.AWS_NITRO_ROOT_G1)).holds(another));
    assertFalse(new TrustedRoots(List.of(ROOT.certificate()), Set.of()).holds(another));
  }
}
