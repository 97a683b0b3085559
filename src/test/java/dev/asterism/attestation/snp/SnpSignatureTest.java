package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.device.SoftwareAmd;
import dev.asterism.testing.GullibleSignatures;
import dev.asterism.wire.Bytes;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

class SnpSignatureTest {
  private static final ECPublicKey KEY = (ECPublicKey) SoftwareAmd.newChipKey().getPublic();
  private static final BigInteger ORDER = KEY.getParams().getOrder();

  private static boolean isValid(BigInteger r, BigInteger s) {
    return SnpSignature.of(r, s).isValid(KEY, Bytes.ofUtf8("message"));
  }

  @Test
  void aKeyThatNobodyReadsVerifiesNothing() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
    generator.initialize(new ECGenParameterSpec("secp224r1"));
    var brief = (ECPublicKey) generator.generateKeyPair().getPublic();
    assertFalse(
        SnpSignature.of(BigInteger.ONE, BigInteger.ONE).isValid(brief, Bytes.ofUtf8("message")));
  }

  @Test
  void numbersOutsideTheGroupReachNoImplementation() {
    try (var _ = GullibleSignatures.of("SHA384withECDSA")) {
      BigInteger largest = ORDER.subtract(BigInteger.ONE);
      assertTrue(isValid(BigInteger.ONE, BigInteger.ONE));
      assertTrue(isValid(largest, largest));
      for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, ORDER, ORDER.add(BigInteger.ONE)}) {
        assertFalse(isValid(bad, BigInteger.ONE));
        assertFalse(isValid(BigInteger.ONE, bad));
      }
    }
  }
}
