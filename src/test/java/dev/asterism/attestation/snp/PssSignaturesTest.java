package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.PssAuthority;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PssSignaturesTest {
  private static final KeyPair KEY = PssAuthority.newKey(2048);
  private static final byte[] MESSAGE = {1, 2, 3};

  private static byte[] signed(KeyPair key) throws Exception {
    Signature signer = Signature.getInstance("RSASSA-PSS");
    signer.setParameter(PssSignatures.PARAMETERS);
    signer.initSign(key.getPrivate());
    signer.update(MESSAGE);
    return signer.sign();
  }

  @Test
  void theKeysOwnIsGood() throws Exception {
    byte[] signature = signed(KEY);
    assertTrue(PssSignatures.verify(KEY.getPublic(), MESSAGE, signature));
    assertFalse(PssSignatures.verify(KEY.getPublic(), new byte[] {1, 2}, signature));
  }

  @Test
  void oneOfAnotherLengthIsBad() throws Exception {
    byte[] signature = signed(KEY);
    byte[] brief = Arrays.copyOf(signature, signature.length - 1);
    assertFalse(PssSignatures.verify(KEY.getPublic(), MESSAGE, brief));
  }

  @Test
  void aSmallKeySignsNothing() throws Exception {
    KeyPair small = PssAuthority.newKey(1024);
    assertFalse(PssSignatures.verify(small.getPublic(), MESSAGE, signed(small)));
  }
}
