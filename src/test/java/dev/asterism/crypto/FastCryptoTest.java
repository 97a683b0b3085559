package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.asterism.testing.CapturedLog;
import dev.asterism.testing.UnderFastCrypto;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A role judges with the native provider what a verb judges with the JDK's: they must agree. */
@ExtendWith(UnderFastCrypto.class)
class FastCryptoTest {
  private static final byte[] MESSAGE = "evidence".getBytes(StandardCharsets.UTF_8);

  /** What evidence is signed with. */
  enum Scheme {
    ECDSA_P256("EC", new ECGenParameterSpec("secp256r1"), "SHA256withECDSA", null),
    ECDSA_P384("EC", new ECGenParameterSpec("secp384r1"), "SHA384withECDSA", null),
    RSA_PKCS1("RSA", rsa(2048), "SHA256withRSA", null),
    RSA_PSS("RSA", rsa(2048), "RSASSA-PSS", pss("SHA-384", MGF1ParameterSpec.SHA384, 48));

    final String keyType;
    final String algorithm;
    final @Nullable AlgorithmParameterSpec parameters;
    final KeyPair key;

    Scheme(
        String keyType,
        AlgorithmParameterSpec size,
        String algorithm,
        @Nullable AlgorithmParameterSpec parameters) {
      this.keyType = keyType;
      this.algorithm = algorithm;
      this.parameters = parameters;
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(keyType, jdk(keyType));
        generator.initialize(size);
        key = generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private static AlgorithmParameterSpec rsa(int bits) {
      return new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4);
    }

    private static AlgorithmParameterSpec pss(String hash, MGF1ParameterSpec mask, int salt) {
      return new PSSParameterSpec(hash, "MGF1", mask, salt, PSSParameterSpec.TRAILER_FIELD_BC);
    }

    byte[] sign(Provider provider) throws GeneralSecurityException {
      Signature signature = Signature.getInstance(algorithm, provider);
      if (parameters != null) {
        signature.setParameter(parameters);
      }
      signature.initSign(key.getPrivate());
      signature.update(MESSAGE);
      return signature.sign();
    }

    boolean verifies(Provider provider, byte[] signed) throws GeneralSecurityException {
      KeyFactory keys = KeyFactory.getInstance(keyType, provider);
      PublicKey own = keys.generatePublic(new X509EncodedKeySpec(key.getPublic().getEncoded()));
      Signature signature = Signature.getInstance(algorithm, provider);
      if (parameters != null) {
        signature.setParameter(parameters);
      }
      signature.initVerify(own);
      signature.update(MESSAGE);
      try {
        return signature.verify(signed);
      } catch (SignatureException e) {
        return false;
      }
    }
  }

  private static Provider jdk(String keyType) {
    return Security.getProvider(keyType.equals("EC") ? "SunEC" : "SunRsaSign");
  }

  private static Provider nativeCode() {
    return AmazonCorrettoCryptoProvider.INSTANCE;
  }

  @Test
  void isWhatThisProcessPrefers() throws Exception {
    for (Scheme scheme : Scheme.values()) {
      assertEquals(nativeCode(), Signature.getInstance(scheme.algorithm).getProvider());
    }
  }

  @Test
  void saysWhoSigns() {
    try (var log = new CapturedLog()) {
      assertTrue(FastCrypto.install());
      assertTrue(log.text().contains("signatures by " + nativeCode().getName()), log::text);
    }
  }

  @ParameterizedTest
  @EnumSource
  void acceptsWhatTheJdkSignedAndTheOtherWayRound(Scheme scheme) throws Exception {
    assertTrue(scheme.verifies(nativeCode(), scheme.sign(jdk(scheme.keyType))));
    assertTrue(scheme.verifies(jdk(scheme.keyType), scheme.sign(nativeCode())));
  }

  @ParameterizedTest
  @EnumSource
  void refusesEveryForgedSignature(Scheme scheme) throws Exception {
    byte[] signed = scheme.sign(nativeCode());
    for (byte[] forged : forgeries(signed)) {
      assertFalse(scheme.verifies(nativeCode(), forged));
    }
  }

  /** One bit wrong in each byte; nothing; zeros; a byte less; a byte more. */
  private static List<byte[]> forgeries(byte[] signed) {
    var forgeries = new ArrayList<byte[]>();
    for (int i = 0; i < signed.length; i++) {
      byte[] flipped = signed.clone();
      flipped[i] ^= 1;
      forgeries.add(flipped);
    }
    forgeries.add(new byte[0]);
    forgeries.add(new byte[signed.length]);
    forgeries.add(Arrays.copyOf(signed, signed.length - 1));
    forgeries.add(Arrays.copyOf(signed, signed.length + 1));
    return forgeries;
  }

  @Nested
  class KeyDerivation extends HkdfTest {}

  @Nested
  class Authorities extends CertificateAuthorityTest {}

  @Nested
  class Requests extends CertificateRequestsTest {}

  @Nested
  class PemFiles extends PemTest {}

  @Nested
  class Ed25519 extends Ed25519KeysTest {}

  @Nested
  class HostCertificates extends SshHostCertificateTest {}
}
