package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.crypto.CertificatePath.RootKey;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AnchorKeysTest {
  @Test
  void holdsTheRootsThatNobodySendsAndNoOthers() {
    Set<TrustAnchor> known =
        Arrays.stream(TrustAnchor.values())
            .filter(a -> AnchorKeys.of(a).isPresent())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(TrustAnchor.class)));
    assertEquals(
        EnumSet.of(
            TrustAnchor.GCP_EK_AK_ROOT,
            TrustAnchor.GCP_TPM_EK_HOST_ROOT_2018,
            TrustAnchor.AZURE_VTPM_ROOT_2023,
            TrustAnchor.MICROSOFT_RSA_DEVICES_ROOT_2021),
        known);
    for (TrustAnchor anchor : known) {
      RootKey key = AnchorKeys.of(anchor).orElseThrow();
      assertEquals(anchor.keySha256(), Digests.SHA256.of(Bytes.of(key.key().getEncoded())).hex());
    }
  }
}
