package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.EcdsaP256;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.testing.ForgedTdx;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TdxRootTest {
  @Test
  void intelsRootIsKnownByItsKey() throws Exception {
    PublicKey key =
        EcdsaP256.key(
            "key",
            TdxPolicyTest.hex(
                "0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5"
                    + "67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394"));
    X509Certificate certificate =
        ForgedTdx.VENDOR
            .root()
            .issue(
                key, "CN=Intel SGX Root CA", new Validity(ForgedTdx.FROM, ForgedTdx.TO), Map.of());
    assertTrue(TdxRoot.intel().holds(certificate));
    assertFalse(TdxRoot.intel().holds(ForgedTdx.VENDOR.rootCertificate()));
  }
}
