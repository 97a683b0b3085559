package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerificationKeyTest {
  private static final Bytes MESSAGE = Bytes.ofUtf8("message");

  @ParameterizedTest
  @CsvSource({
    "'', Ed25519",
    "secp256r1, SHA256withECDSA",
    "secp384r1, SHA384withECDSA",
  })
  void takesItsOwnersSignatureOverThisMessageOnly(String curve, String algorithm) throws Exception {
    KeyPair pair = pair(curve);
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(pair.getPrivate());
    signer.update(MESSAGE.toArray());
    Bytes signature = Bytes.of(signer.sign());
    VerificationKey key = VerificationKey.parse("key", Pem.encode(pair.getPublic()));

    assertTrue(key.verifies(MESSAGE, signature));
    assertFalse(key.verifies(Bytes.ofUtf8("messagf"), signature));
    assertFalse(
        VerificationKey.parse("key", Pem.encode(pair(curve).getPublic()))
            .verifies(MESSAGE, signature));
    for (int end = 0; end < signature.length(); end++) {
      assertFalse(key.verifies(MESSAGE, signature.slice(0, end)));
    }
  }

  @Test
  void refusesOtherKeys() throws Exception {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    String good = Pem.encode(pair("").getPublic());

    assertRefused("is no Ed25519", Pem.encode(rsa.generateKeyPair().getPublic()));
    assertRefused("is on another curve", Pem.encode(pair("secp521r1").getPublic()));
    assertRefused("is no Ed25519", Pem.encode("PUBLIC KEY", Bytes.zeros(44)));
    assertRefused("is not exactly one", good + good);
    assertRefused("is not exactly one", good.replace("PUBLIC KEY", "PRIVATE KEY"));
    assertRefused("holds no PEM block", "");
  }

  private static KeyPair pair(String curve) throws Exception {
    if (curve.isEmpty()) {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static void assertRefused(String reason, String pem) {
    var e = assertThrows(MalformedException.class, () -> VerificationKey.parse("key", pem));
    assertTrue(e.getMessage().startsWith("key: " + reason), e.getMessage());
  }
}
