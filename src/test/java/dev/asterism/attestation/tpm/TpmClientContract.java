package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every TPM must do; run against the software TPM and a swtpm. */
abstract class TpmClientContract {
  private static final Bytes DATA = Bytes.ofUtf8("some data");
  private static final Digests BANK = Digests.SHA256;
  private static final int DEBUG_PCR = 16;
  private static final int HANDLE_ERROR = 0x18b;

  abstract Tpm tpm();

  abstract void powerCycle() throws IOException;

  @Test
  void readsAllPcrsAsTheyAreAfterAReset() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      var values = client.pcrRead(BANK, PcrSelection.all());

      assertEquals(PcrSelection.all(), values.keySet());
      for (int pcr = 0; pcr < PcrSelection.COUNT; pcr++) {
        boolean dynamic = pcr >= 17 && pcr <= 22;
        assertEquals((dynamic ? "ff" : "00").repeat(32), values.get(pcr).hex(), "PCR " + pcr);
      }
    }
  }

  @Test
  void startupWhereFirmwareDidItIsNoError() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      client.startup();
    }
  }

  @Test
  void namesTheBanksThatItHas() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      assertTrue(client.pcrBanks().contains(BANK));
    }
  }

  @Test
  void extendingHashesTheOldValueWithTheDigest() throws Exception {
    Bytes digest = BANK.of(DATA);
    try (TpmClient client = TpmClient.open(tpm())) {
      client.pcrExtend(4, Map.of(BANK, digest));

      assertEquals(BANK.of(Bytes.zeros(32), digest), client.pcrRead(BANK, Set.of(4)).get(4));
    }
  }

  @Test
  void anEventIsHashedByTheTpm() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      Map<Digests, Bytes> digests = client.pcrEvent(15, DATA);

      assertEquals(BANK.of(DATA), digests.get(BANK));
      assertEquals(
          ClusterRegister.extended(BANK, Bytes.zeros(32), DATA),
          client.pcrRead(BANK, Set.of(15)).get(15));
    }
  }

  @Test
  void onlyDebugAndApplicationPcrsCanBeReset() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      client.pcrEvent(DEBUG_PCR, DATA);
      client.pcrReset(DEBUG_PCR);
      assertTrue(client.pcrRead(BANK, Set.of(DEBUG_PCR)).get(DEBUG_PCR).isAllZero());
      client.pcrReset(23);

      for (int pcr : new int[] {0, 15, 17, 20, 22}) {
        TpmException e = assertThrows(TpmException.class, () -> client.pcrReset(pcr));
        assertEquals(0x907, e.responseCode(), "PCR " + pcr);
      }
    }
  }

  @Test
  void refusesToExtendThePcrsOfADynamicLaunch() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      for (int pcr : new int[] {17, 18, 19, 20, 21, 22}) {
        TpmException e = assertThrows(TpmException.class, () -> client.pcrEvent(pcr, DATA));
        assertEquals(0x907, e.responseCode(), "PCR " + pcr);
      }
    }
  }

  @Test
  void refusesAPcrThatDoesNotExist() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      TpmException e = assertThrows(TpmException.class, () -> client.pcrEvent(24, DATA));
      assertEquals(0x184, e.responseCode());
    }
  }

  @Test
  void makesTheSamePrimaryKeyEachTime() throws Exception {
    Bytes first;
    try (TpmClient client = TpmClient.open(tpm())) {
      first = areaOfNewKey(client, Tpm2.RH_OWNER, AkTemplate.RSA_2048);
    }
    powerCycle();
    try (TpmClient client = TpmClient.open(tpm())) {
      assertEquals(first, areaOfNewKey(client, Tpm2.RH_OWNER, AkTemplate.RSA_2048));
      assertNotEquals(first, areaOfNewKey(client, Tpm2.RH_ENDORSEMENT, AkTemplate.RSA_2048));
    }
  }

  @Test
  void theKeyIsMadeAsTheContractWants() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      var area = TpmtPublic.parse(areaOfNewKey(client, Tpm2.RH_OWNER, AkTemplate.RSA_2048));

      assertEquals(0x00050072L, area.objectAttributes());
      assertEquals(Digests.SHA256, area.nameAlg());
      var rsa = (TpmtPublic.Rsa) area.parameters();
      assertEquals(Tpm2.ALG_RSASSA, rsa.scheme());
      assertEquals(Digests.SHA256, rsa.hash());
      assertEquals(0, rsa.exponent());
      assertEquals(256, rsa.modulus().length());
      assertEquals(34, area.name().value().length());
    }
  }

  @Test
  void aPersistentKeyOutlivesAPowerCycle() throws Exception {
    long handle = 0x81000042L;
    Bytes area;
    try (TpmClient client = TpmClient.open(tpm())) {
      assertEquals(Optional.empty(), client.readPublic(handle));
      var created = client.createPrimaryAk();
      client.evictControl(created.handle(), handle);
      client.flushContext(created.handle());
      area = created.publicArea();
      assertEquals(Optional.of(area), client.readPublic(handle));
    }
    powerCycle();
    try (TpmClient client = TpmClient.open(tpm())) {
      assertEquals(Optional.of(area), client.readPublic(handle));
      TpmException taken = assertThrows(TpmException.class, () -> evictNew(client, handle));
      assertEquals(0x14c, taken.responseCode());
      client.evictControl(handle, handle);
      assertEquals(Optional.empty(), client.readPublic(handle));
    }
  }

  @Test
  void aFlushedKeyIsGone() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      var created = client.createPrimary(Tpm2.RH_OWNER, AkTemplate.ECC_P256);
      client.flushContext(created.handle());

      assertEquals(Optional.empty(), client.readPublic(created.handle()));
      assertThrows(TpmException.class, () -> client.flushContext(created.handle()));
    }
  }

  @Test
  void quotesSignWhatTheyShow() throws Exception {
    for (Bytes template : List.of(AkTemplate.RSA_2048, AkTemplate.ECC_P256)) {
      try (TpmClient client = TpmClient.open(tpm())) {
        client.pcrEvent(9, DATA);
        var key = client.createPrimary(Tpm2.RH_OWNER, template);
        var quote = client.quote(key.handle(), DATA, BANK, PcrSelection.all());
        var values = client.pcrRead(BANK, PcrSelection.all());
        client.flushContext(key.handle());

        var area = TpmtPublic.parse(key.publicArea());
        var attest = TpmsAttest.parse(quote.attest());
        assertTrue(
            Signatures.verify(
                area.publicKey(), TpmtSignature.parse(quote.signature()), quote.attest()));
        assertEquals(Tpm2.GENERATED, attest.magic());
        assertEquals(DATA, attest.extraData());
        assertEquals(List.of(PcrSelection.of(BANK, PcrSelection.all())), attest.pcrSelect());
        assertEquals(Digests.SHA256.of(values.values().toArray(Bytes[]::new)), attest.pcrDigest());
        assertEquals(qualifiedName(area), attest.qualifiedSigner());
      }
    }
  }

  @Test
  void aPowerCycleResetsPcrsAndCountsUp() throws Exception {
    var before = attest();
    try (TpmClient client = TpmClient.open(tpm())) {
      client.pcrEvent(15, DATA);
    }
    powerCycle();
    var after = attest();

    assertEquals(before.clockInfo().resetCount() + 1, after.clockInfo().resetCount());
    assertEquals(before.clockInfo().restartCount(), after.clockInfo().restartCount());
    assertTrue(new PcrRegister(tpm(), 15).read().isAllZero());
  }

  @Test
  void keepsBytesInAnNvIndex() throws Exception {
    long index = 0x01c10000L;
    Bytes content = Bytes.of(new byte[1500]);
    try (TpmClient client = TpmClient.open(tpm())) {
      assertEquals(Optional.empty(), client.nvRead(index));
      client.nv(index).store(DATA);
      assertEquals(Optional.of(DATA), client.nvRead(index));
      client.nv(index).store(content);
    }
    powerCycle();
    try (TpmClient client = TpmClient.open(tpm())) {
      assertEquals(Optional.of(content), client.nvRead(index));
      client.nv(index).undefine();
      assertEquals(Optional.empty(), client.nvRead(index));
      TpmException e = assertThrows(TpmException.class, () -> client.nv(index).undefine());
      assertTrue(ResponseCodes.isNoSuchHandle(e.responseCode()), e.getMessage());
    }
  }

  @Test
  void theClusterRegisterIsExtendedOnce() throws Exception {
    var register = new PcrRegister(tpm(), 15);
    Bytes clusterId = Bytes.ofHex("cluster id", "ab".repeat(32));

    assertTrue(register.read().isAllZero());
    register.extend(clusterId);
    assertEquals(register.expectedAfter(clusterId), register.read());
  }

  @Test
  void makesTheAttestationKeyOnce() throws Exception {
    AttestationKey first = AttestationKey.of(tpm());
    powerCycle();
    AttestationKey second = AttestationKey.of(tpm());

    assertEquals(first.area().name(), second.name());
    assertEquals(Bytes.of(first.publicKey().getEncoded()), second.spki());
  }

  @Test
  void givesDifferentRandomBytes() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      assertEquals(16, client.getRandom(16).length());
      assertNotEquals(client.getRandom(16), client.getRandom(16));
    }
  }

  @Test
  void refusesTemplatesThatMakeNoSense() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      // Restricted to sign and to decrypt at once.
      assertRefused(client, AkTemplate.RSA_2048, 4, "00070072");
      // A restricted key without a scheme.
      assertRefused(client, AkTemplate.RSA_2048, 12, "0010");
      // A key type that does not exist.
      assertRefused(client, AkTemplate.RSA_2048, 0, "7777");
      // Fixed to the parent, not to the TPM.
      assertRefused(client, AkTemplate.RSA_2048, 4, "00050070");
    }
  }

  @Test
  void answersBadCommandsWithTheirResponseCode() throws Exception {
    assertAnswer(0x143, "8001 0000000c 00000777 0000");
    assertAnswer(0x142, "8001 0000000d 00000144 0000");
    assertAnswer(0x125, "8001 0000000e 0000013d 00000010");
    assertAnswer(HANDLE_ERROR, "8001 0000000e 00000173 81777777");
    assertAnswer(0x910, "8001 0000000e 00000173 80000002");
    // TPM2_PCR_Reset with a password that the PCR does not have.
    assertAnswer(0x9a2, "8002 0000001d 0000013d 00000010 0000000b 40000009 0000 01 0002 6162");
  }

  private void assertAnswer(int responseCode, String hex) throws Exception {
    byte[] command = Bytes.ofHex("command", hex.replace(" ", "")).toArray();
    try (Tpm.Conversation conversation = tpm().open()) {
      Bytes response = Bytes.of(conversation.transmit(command));
      assertEquals(10, response.length());
      assertEquals(
          Integer.toHexString(responseCode),
          Integer.toHexString((int) response.slice(6, 10).reader("rc").u32be("rc")),
          hex);
    }
  }

  private static void assertRefused(TpmClient client, Bytes template, int offset, String hex)
      throws Exception {
    Bytes patch = Bytes.ofHex("patch", hex);
    Bytes changed =
        Bytes.concat(
            template.slice(0, offset),
            patch,
            template.slice(offset + patch.length(), template.length()));
    TpmException e =
        assertThrows(TpmException.class, () -> client.createPrimary(Tpm2.RH_OWNER, changed), hex);
    assertTrue(IntStream.of(0x80, 0xc0).anyMatch(f -> (e.responseCode() & f) == f), e.getMessage());
  }

  private static void evictNew(TpmClient client, long handle) throws IOException {
    var created = client.createPrimaryAk();
    try {
      client.evictControl(created.handle(), handle);
    } finally {
      client.flushContext(created.handle());
    }
  }

  private static Bytes areaOfNewKey(TpmClient client, long hierarchy, Bytes template)
      throws IOException {
    var created = client.createPrimary(hierarchy, template);
    client.flushContext(created.handle());
    return created.publicArea();
  }

  private TpmsAttest attest() throws Exception {
    try (TpmClient client = TpmClient.open(tpm())) {
      var key = client.createPrimary(Tpm2.RH_ENDORSEMENT, AkTemplate.ECC_P256);
      var quote = client.quote(key.handle(), DATA, BANK, PcrSelection.all());
      client.flushContext(key.handle());
      return TpmsAttest.parse(quote.attest());
    }
  }

  /** Of a primary key of the owner. */
  private static Bytes qualifiedName(TpmtPublic area) throws Exception {
    Bytes owner = Bytes.ofHex("owner", "40000001");
    return Bytes.concat(
        Bytes.ofHex("nameAlg", "000b"), Digests.SHA256.of(owner, area.name().value()));
  }
}
