package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Secret;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.InterposedTpm;
import dev.asterism.testing.Swtpm;
import dev.asterism.wire.Bytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.Signature;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real TPM's commands. */
class PcrBoundKeyTest {
  private static final Bytes MESSAGE = Bytes.ofUtf8("a message");
  private static final Set<Integer> PCRS = Set.of(0, 7, 16);

  private Swtpm swtpm;
  private TpmClient client;

  @BeforeEach
  void start(@TempDir Path state) throws Exception {
    swtpm = Swtpm.start(state);
    client = TpmClient.open(swtpm.tpm());
    client.startup();
  }

  @AfterEach
  void stop() throws Exception {
    if (swtpm != null) {
      client.close();
      swtpm.close();
    }
  }

  private SortedMap<Integer, Bytes> pcrs() throws Exception {
    return client.pcrRead(Digests.SHA256, PCRS);
  }

  private static Bytes encrypted(PcrBoundKey key) throws Exception {
    Cipher rsa = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    rsa.init(Cipher.ENCRYPT_MODE, TpmtPublic.parse(key.publicArea()).publicKey());
    return Bytes.of(rsa.doFinal(MESSAGE.toArray()));
  }

  private static void assertDecrypts(PcrBoundKey key, Bytes ciphertext) throws Exception {
    try (Secret secret = key.decrypt(ciphertext)) {
      assertEquals(Secret.copyOf(MESSAGE), secret);
    }
  }

  @Test
  void decryptsAsOftenAsTheRegistersHaveItsValues() throws Exception {
    Bytes ciphertext;
    Bytes area;
    try (PcrBoundKey key = client.pcrBoundKey(pcrs())) {
      ciphertext = encrypted(key);
      area = key.publicArea();
      // A TPM has three sessions at least; these were flushed.
      for (int i = 0; i < 5; i++) {
        assertDecrypts(key, ciphertext);
      }
      // The register is none of the key's.
      client.pcrExtend(8, Map.of(Digests.SHA256, Bytes.zeros(32)));
      assertDecrypts(key, ciphertext);
    }
    // Three objects at least; as many as these were flushed.
    for (int i = 0; i < 5; i++) {
      try (PcrBoundKey again = client.pcrBoundKey(pcrs())) {
        assertEquals(area, again.publicArea());
        assertDecrypts(again, ciphertext);
      }
    }
  }

  @Test
  void decryptsNothingOnceARegisterIsExtended() throws Exception {
    SortedMap<Integer, Bytes> before = pcrs();
    try (PcrBoundKey key = client.pcrBoundKey(before)) {
      Bytes ciphertext = encrypted(key);
      client.pcrExtend(16, Map.of(Digests.SHA256, Bytes.zeros(32)));
      for (int i = 0; i < 5; i++) {
        TpmException e = assertThrows(TpmException.class, () -> key.decrypt(ciphertext));
        assertTrue(e.getMessage().contains("TPM2_PolicyPCR"), e.getMessage());
      }
      // Who says other values has a policy that is not the key's.
      try (PcrBoundKey after = client.pcrBoundKey(pcrs())) {
        assertNotEquals(key.publicArea(), after.publicArea());
        assertDecrypts(after, encrypted(after));
      }
    }
  }

  @Test
  void noPasswordUsesIt() throws Exception {
    try (var other = TpmClient.open(once())) {
      PcrBoundKey key = other.pcrBoundKey(other.pcrRead(Digests.SHA256, PCRS));
      TpmException e = assertThrows(TpmException.class, () -> key.decrypt(encrypted(key)));
      // TPM_RC_AUTH_UNAVAILABLE
      assertEquals(0x12f, e.responseCode());
      key.close();
    }
  }

  /** Puts the empty password where the session is. */
  private Tpm once() throws Exception {
    client.close();
    return new InterposedTpm(
        swtpm.tpm(),
        (code, command, tpm) -> {
          if (code == Tpm2.CC_RSA_DECRYPT) {
            ByteBuffer.wrap(command).putInt(18, (int) Tpm2.RS_PW);
          }
          return tpm.transmit(command);
        });
  }

  @Test
  void aCiphertextForAnotherKeyIsRefused() throws Exception {
    try (PcrBoundKey key = client.pcrBoundKey(pcrs())) {
      TpmException e = assertThrows(TpmException.class, () -> key.decrypt(Bytes.zeros(256)));
      assertTrue(e.getMessage().contains("TPM2_RSA_Decrypt"), e.getMessage());
      assertDecrypts(key, encrypted(key));
    }
  }

  @Test
  void anAttestationKeyCertifiesIt() throws Exception {
    TpmClient.Loaded ak = client.createPrimaryAk();
    try (PcrBoundKey key = client.pcrBoundKey(pcrs())) {
      PcrBoundKey.Certificate certificate = key.certify(ak.handle());
      var in = certificate.attest().reader("TPMS_ATTEST");
      assertEquals(Tpm2.GENERATED, in.u32be("magic"));
      assertEquals(Tpm2.ST_ATTEST_CERTIFY, in.u16be("type"));
      String name = TpmtPublic.parse(key.publicArea()).name().hex();
      assertTrue(certificate.attest().hex().contains(name), certificate.attest().hex());
      Signature verifier = Signature.getInstance("SHA256withRSA");
      verifier.initVerify(TpmtPublic.parse(ak.publicArea()).publicKey());
      verifier.update(certificate.attest().toArray());
      var signature = (TpmtSignature.Rsa) TpmtSignature.parse(certificate.signature());
      assertTrue(verifier.verify(signature.sig().toArray()));
      assertFalse(key.publicArea().equals(ak.publicArea()));
    }
    client.flushContext(ak.handle());
  }
}
