package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.GullibleSignatures;
import dev.asterism.testing.Truncation;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignaturesTest {
  private static final Bytes MESSAGE = Bytes.ofUtf8("message");
  private static final BigInteger ORDER =
      ((ECPublicKey) ForgedVtpm.keyPair("secp256r1").getPublic()).getParams().getOrder();

  @Test
  void verifiesEachScheme() throws Exception {
    assertGood(ForgedVtpm.genuine());
    assertGood(ForgedVtpm.with(f -> f.hash = Digests.SHA512));
    assertGood(ForgedVtpm.with(f -> f.ecdsa("secp256r1", Digests.SHA256)));
    assertGood(ForgedVtpm.with(f -> f.ecdsa("secp256r1", Digests.SHA512)));
    assertGood(ForgedVtpm.with(f -> f.ecdsa("secp384r1", Digests.SHA384)));
  }

  @Test
  void verifiesPssWithTheSaltsThatTpmsUse() throws Exception {
    for (int salt : new int[] {32, 256 - 32 - 2}) {
      assertGood(
          ForgedVtpm.with(f -> {
            f.scheme = ForgedVtpm.RSAPSS;
            f.saltLength = salt;
          }));
    }
    ForgedVtpm other =
        ForgedVtpm.with(f -> {
          f.scheme = ForgedVtpm.RSAPSS;
          f.saltLength = 20;
        });
    assertFalse(verify(other, MESSAGE));
  }

  @Test
  void refusesEveryOtherMessage() throws Exception {
    for (ForgedVtpm forged :
        List.of(ForgedVtpm.genuine(), ForgedVtpm.with(f -> f.ecdsa("secp256r1", Digests.SHA256)))) {
      var signature = TpmtSignature.parse(forged.signature(MESSAGE));
      assertFalse(Signatures.verify(forged.key.getPublic(), signature, Bytes.ofUtf8("massage")));
    }
  }

  @Test
  void refusesASignatureOfAnotherKindThanTheKey() throws Exception {
    var rsa = TpmtSignature.parse(ForgedVtpm.genuine().signature(MESSAGE));
    assertFalse(Signatures.verify(ForgedVtpm.keyPair("secp256r1").getPublic(), rsa, MESSAGE));
    ForgedVtpm ec = ForgedVtpm.with(f -> f.ecdsa("secp256r1", Digests.SHA256));
    var ecdsa = TpmtSignature.parse(ec.signature(MESSAGE));
    assertFalse(Signatures.verify(ForgedVtpm.keyPair("RSA").getPublic(), ecdsa, MESSAGE));
  }

  @Test
  void refusesAnRsaSignatureOfAnotherLength() throws Exception {
    ForgedVtpm forged = ForgedVtpm.genuine();
    Bytes good = forged.rawSignature(MESSAGE);
    for (Bytes bad : List.of(good.slice(0, 255), Bytes.concat(Bytes.zeros(1), good), Bytes.EMPTY)) {
      var signature = new TpmtSignature.Rsa(ForgedVtpm.RSASSA, Digests.SHA256, bad);
      assertFalse(Signatures.verify(forged.key.getPublic(), signature, MESSAGE));
    }
  }

  @Test
  void scalarsOutsideTheGroupReachNoImplementation() {
    Bytes one = Bytes.of(new byte[] {1});
    Bytes largest = Bytes.of(ORDER.subtract(BigInteger.ONE).toByteArray());
    try (var _ = GullibleSignatures.of("SHA256withECDSA")) {
      assertTrue(verify(one, largest) && verify(largest, one));
      for (Bytes bad : List.of(Bytes.EMPTY, Bytes.of(ORDER.toByteArray()))) {
        assertFalse(verify(bad, one));
        assertFalse(verify(one, bad));
      }
    }
    try (var _ = GullibleSignatures.of("SHA256withRSA")) {
      for (int length : new int[] {255, 257}) {
        var signature =
            new TpmtSignature.Rsa(ForgedVtpm.RSASSA, Digests.SHA256, Bytes.zeros(length));
        assertFalse(Signatures.verify(ForgedVtpm.keyPair("RSA").getPublic(), signature, MESSAGE));
      }
    }
  }

  @Test
  void refusesScalarsOutsideTheGroup() {
    Bytes one = Bytes.of(new byte[] {1});
    Bytes zero = Bytes.zeros(32);
    Bytes order = Bytes.of(ORDER.toByteArray());
    for (Bytes bad : List.of(zero, Bytes.EMPTY, order)) {
      assertFalse(verify(bad, one));
      assertFalse(verify(one, bad));
      assertFalse(verify(bad, bad));
    }
  }

  /** No provider takes an RSA key of 256 bits: one says so with an exception. */
  @Test
  void whatAProviderThrowsIsARefusal() {
    BigInteger modulus = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    RSAPublicKey tiny =
        new RSAPublicKey() {
          @Override
          public BigInteger getModulus() {
            return modulus;
          }

          @Override
          public BigInteger getPublicExponent() {
            return BigInteger.valueOf(65537);
          }

          @Override
          public String getAlgorithm() {
            return "RSA";
          }

          @Override
          public String getFormat() {
            return "X.509";
          }

          @Override
          public byte[] getEncoded() {
            return new byte[0];
          }
        };
    for (int scheme : new int[] {ForgedVtpm.RSASSA, ForgedVtpm.RSAPSS}) {
      var brief = new TpmtSignature.Rsa(scheme, Digests.SHA256, Bytes.zeros(32));
      assertFalse(Signatures.verify(tiny, brief, MESSAGE));
      var large = new TpmtSignature.Rsa(scheme, Digests.SHA256, ones(256));
      assertFalse(Signatures.verify(ForgedVtpm.keyPair("RSA").getPublic(), large, MESSAGE));
    }
  }

  /** Takes RSASSA-PSS with one length of the salt, and throws where it is another. */
  public static final class Choosy extends GullibleSignatures.Spi {
    static volatile int taken;
    private int saltLength;

    @Override
    protected void engineSetParameter(AlgorithmParameterSpec parameters) {
      saltLength = ((PSSParameterSpec) parameters).getSaltLength();
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
      if (saltLength != taken) {
        throw new SignatureException("the salt has another length");
      }
      return true;
    }
  }

  @Test
  void aProviderThatThrowsForOneSaltIsAskedForTheOther() {
    var provider = new Provider("Choosy", "1", "throws for what it does not take") {};
    provider.put("Signature.RSASSA-PSS", Choosy.class.getName());
    PublicKey key = ForgedVtpm.keyPair("RSA").getPublic();
    var signature = new TpmtSignature.Rsa(ForgedVtpm.RSAPSS, Digests.SHA256, Bytes.zeros(256));
    Security.insertProviderAt(provider, 1);
    try {
      for (int salt : new int[] {32, 256 - 32 - 2}) {
        Choosy.taken = salt;
        assertTrue(Signatures.verify(key, signature, MESSAGE));
      }
      Choosy.taken = 20;
      assertFalse(Signatures.verify(key, signature, MESSAGE));
    } finally {
      Security.removeProvider("Choosy");
    }
  }

  private static Bytes ones(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 0xff);
    return Bytes.of(bytes);
  }

  @Test
  void takesScalarsWithoutLeadingZeros() throws Exception {
    ForgedVtpm forged = ForgedVtpm.with(f -> f.ecdsa("secp256r1", Digests.SHA256));
    var signature =
        (TpmtSignature.Ecdsa)
            Signatures.ofDer("signature", Digests.SHA256, forged.rawSignature(MESSAGE));
    assertTrue(Signatures.verify(forged.key.getPublic(), signature, MESSAGE));
  }

  @Test
  void readsDerAndNothingLike() throws Exception {
    ForgedVtpm forged = ForgedVtpm.with(f -> f.ecdsa("secp384r1", Digests.SHA256));
    Bytes der = forged.rawSignature(MESSAGE);
    Truncation.assertOnlyTheWholePasses(b -> Signatures.ofDer("s", Digests.SHA256, b), der);

    for (String bad :
        List.of(
            "310602010102010 1", // SET
            "3006030101020101", // BIT STRING in place of r
            "300702020001020101", // r with a zero too many
            "3006020181020101", // negative r
            "3006020180020101", // the least of them
            "300502000201 01", // r without a byte
            "308106020101020101")) { // long form of a short length
      Bytes bytes = Bytes.ofHex("der", bad.replace(" ", ""));
      assertThrows(
          MalformedException.class, () -> Signatures.ofDer("s", Digests.SHA256, bytes), bad);
    }
    assertEquals(
        "0001",
        Signatures.ofDer("s", Digests.SHA256, Bytes.ofHex("der", "3006020101020101"))
            .encode()
            .slice(4, 6)
            .hex());
  }

  private static void assertGood(ForgedVtpm forged) throws MalformedException {
    assertTrue(verify(forged, MESSAGE));
  }

  private static boolean verify(ForgedVtpm forged, Bytes message) throws MalformedException {
    return Signatures.verify(
        forged.key.getPublic(), TpmtSignature.parse(forged.signature(MESSAGE)), message);
  }

  private static boolean verify(Bytes r, Bytes s) {
    return Signatures.verify(
        ForgedVtpm.keyPair("secp256r1").getPublic(),
        new TpmtSignature.Ecdsa(Digests.SHA256, r, s),
        MESSAGE);
  }
}
