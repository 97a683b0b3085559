package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.InterposedTpm;
import dev.asterism.testing.KeyedTpm;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VtpmIssuerTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("user data");
  private static final Bytes NONCE = Bytes.ofUtf8("nonce");
  private static final Bytes DATA = Bytes.ofUtf8("data");

  private SoftwareTpm tpm;

  @BeforeEach
  void create(@TempDir Path folder) throws IOException {
    tpm = KeyedTpm.create(folder.resolve("tpm.json"));
  }

  @Test
  void bindsUserDataAndNonceAsTheContractHasIt() throws Exception {
    assertEquals(
        Variant.QEMU_VTPM,
        new VtpmIssuer(Variant.QEMU_VTPM, tpm, Optional::empty, List.of()).variant());
    VtpmDocument document = VtpmJson.parse(issue(tpm));

    Bytes extra = Digests.SHA256.of(USER_DATA, NONCE);
    assertEquals(
        Digests.SHA256.of(extra),
        TpmsAttest.parse(document.quotes().getFirst().quote()).extraData());
    assertEquals(USER_DATA, document.userData());
    assertNull(document.instanceInfo());
  }

  @Test
  void carriesLogAndCertificatesWhereThereAreAny() throws Exception {
    VtpmDocument bare = VtpmJson.parse(issue(tpm));
    assertNull(bare.eventLog());
    assertNull(bare.akCert());

    Bytes issuer = Bytes.ofUtf8("issuer");
    var full =
        new VtpmIssuer(Variant.QEMU_VTPM, tpm, () -> Optional.of(DATA), List.of(USER_DATA, issuer));
    VtpmDocument document = VtpmJson.parse(full.issue(USER_DATA, NONCE));
    assertEquals(DATA, document.eventLog());
    assertEquals(USER_DATA, document.akCert());
    assertEquals(List.of(issuer), document.intermediateCerts());
  }

  @Test
  void makesItsKeyOnceAndPersistsIt() throws Exception {
    AtomicInteger created = new AtomicInteger();
    Tpm counted =
        new InterposedTpm(
            tpm,
            (code, command, conversation) -> {
              if (code == Tpm2.CC_CREATE_PRIMARY) {
                created.incrementAndGet();
              }
              return conversation.transmit(command);
            });
    Bytes first = VtpmJson.parse(issue(counted)).akPub();
    Bytes second = VtpmJson.parse(issue(counted)).akPub();

    assertEquals(1, created.get());
    assertEquals(first, second);
    try (TpmClient client = TpmClient.open(tpm)) {
      assertEquals(Optional.of(first), client.readPublic(0x81008f01L));
    }
  }

  @Test
  void takesTheKeyOfAnotherProcessThatWasFaster() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    Bytes area = AttestationKey.of(tpm).area().raw();
    // The key is not there yet at the first look, and there when it is to be persisted.
    Tpm late =
        new InterposedTpm(
            tpm,
            (code, command, conversation) ->
                code == Tpm2.CC_READ_PUBLIC && reads.getAndIncrement() == 0
                    ? InterposedTpm.error(0x18b)
                    : conversation.transmit(command));
    assertEquals(area, AttestationKey.of(late).area().raw());
    assertEquals(2, reads.get());
  }

  /** Only that it exists already means that another process made it. */
  @Test
  void aKeyThatCannotBeKeptIsNotReplacedByOneThatIsThere() throws Exception {
    AttestationKey.of(tpm);
    for (int responseCode : new int[] {0x14b, 0x14c}) {
      AtomicInteger reads = new AtomicInteger();
      Tpm full =
          new InterposedTpm(
              tpm,
              (code, command, conversation) -> {
                if (code == Tpm2.CC_READ_PUBLIC
                    && (reads.getAndIncrement() == 0 || responseCode == 0x14c)) {
                  return InterposedTpm.error(0x18b);
                }
                return code == Tpm2.CC_EVICT_CONTROL
                    ? InterposedTpm.error(responseCode)
                    : conversation.transmit(command);
              });
      var e = assertThrows(IssueException.class, () -> AttestationKey.of(full));
      assertEquals(responseCode, ((TpmException) e.getCause()).responseCode());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x922, 0x908, 0x90a})
  void asksAgainWhereTheTpmWishesSo(int responseCode) throws Exception {
    for (int command : new int[] {Tpm2.CC_QUOTE, Tpm2.CC_PCR_READ, Tpm2.CC_READ_PUBLIC}) {
      assertTrue(verify(issue(InterposedTpm.answering(tpm, command, responseCode, 3))).accepted());
    }
  }

  @Test
  void reportsWhatTheTpmRefuses() {
    Tpm failing = InterposedTpm.answering(tpm, Tpm2.CC_QUOTE, 0x101, 1);
    IssueException e = assertThrows(IssueException.class, () -> issue(failing));

    assertTrue(e.getMessage().contains(tpm.description()), e.getMessage());
    assertEquals(0x101, ((TpmException) e.getCause()).responseCode());
    assertTrue(e.getCause().getMessage().startsWith("TPM2_Quote was answered"), e.getMessage());
  }

  /** Has a PCR extended behind each of these commands, as long as some are left. */
  private Tpm restless(int command, AtomicInteger left) {
    return new InterposedTpm(
        tpm,
        (code, bytes, conversation) -> {
          byte[] response = conversation.transmit(bytes);
          if (code == command && left.getAndDecrement() > 0) {
            extend();
          }
          return response;
        });
  }

  @Test
  void quotesAgainWhenAPcrWasExtendedMeanwhile() throws Exception {
    AtomicInteger left = new AtomicInteger(2);
    assertTrue(verify(issue(restless(Tpm2.CC_QUOTE, left))).accepted());
    assertEquals(-1, left.get());
  }

  @Test
  void readsAgainWhenAPcrIsExtendedBetweenTwoReads() throws Exception {
    AtomicInteger left = new AtomicInteger(2);
    assertTrue(verify(issue(restless(Tpm2.CC_PCR_READ, left))).accepted());
    assertTrue(left.get() <= 0, "PCRs were read");
  }

  @Test
  void givesUpWhenPcrsNeverRest() {
    AtomicInteger left = new AtomicInteger(9);
    Tpm restless = restless(Tpm2.CC_QUOTE, left);
    IssueException e = assertThrows(IssueException.class, () -> issue(restless));
    assertEquals(9 - 5, left.get());
    assertTrue(e.getCause().getMessage().contains("faster than they can be quoted"));
  }

  @Test
  void usesTheKeyThatItFindsAndLeavesItToVerifiersToJudge() throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      Bytes unrestricted =
          Bytes.concat(
              AkTemplate.ECC_P256.slice(0, 4),
              Bytes.ofHex("attributes", "00040072"),
              AkTemplate.ECC_P256.slice(8, AkTemplate.ECC_P256.length()));
      var key = client.createPrimary(Tpm2.RH_OWNER, unrestricted);
      client.evictControl(key.handle(), AttestationKey.HANDLE);
    }
    Appraisal appraisal = verify(issue(tpm));
    assertEquals("ak.attributes", appraisal.with(Outcome.FAILED).getFirst().id().id());
  }

  @Test
  void reportsAnswersThatAreNone() {
    for (String hex : List.of("", "8001", "80010000000b00000000", "80010000000a00000000")) {
      byte[] answer = java.util.HexFormat.of().parseHex(hex);
      Tpm broken = new InterposedTpm(tpm, (code, command, conversation) -> answer);
      assertThrows(IssueException.class, () -> issue(broken), hex);
    }
  }

  @Test
  void aKeyMadeForOneDocumentIsNotLeftLoaded() throws Exception {
    long index = 0x01c10001L;
    var templated = new AkSource.Templated(index);
    var e = assertThrows(IssueException.class, () -> AttestationKey.of(tpm, templated));
    assertEquals("there is no template in NV 0x1c10001", e.getCause().getMessage());
    try (TpmClient client = TpmClient.open(tpm)) {
      client.nv(index).store(AkTemplate.ECC_P256);
    }
    var loaded = new AtomicInteger();
    Tpm counted =
        new InterposedTpm(
            tpm,
            (code, command, conversation) -> {
              loaded.addAndGet(
                  code == Tpm2.CC_CREATE_PRIMARY ? 1 : code == Tpm2.CC_FLUSH_CONTEXT ? -1 : 0);
              return conversation.transmit(command);
            });
    Bytes key = AttestationKey.of(counted, templated).area().raw();
    assertEquals(0, loaded.get());
    assertEquals(key, VtpmJson.parse(issuer(counted, templated).issue(USER_DATA, NONCE)).akPub());
    assertEquals(0, loaded.get());
  }

  @Test
  void aKeyThatTheCloudLeftIsReadWhereItIs() throws Exception {
    var persistent = new AkSource.Persistent(0x81000003L);
    var e = assertThrows(IssueException.class, () -> AttestationKey.of(tpm, persistent));
    assertEquals("there is no key at 0x81000003", e.getCause().getMessage());
    Bytes area;
    try (TpmClient client = TpmClient.open(tpm)) {
      var created = client.createPrimary(Tpm2.RH_ENDORSEMENT, AkTemplate.ECC_P256);
      client.evictControl(created.handle(), persistent.handle());
      area = created.publicArea();
    }
    for (int i = 0; i < 2; i++) {
      assertEquals(area, AttestationKey.of(tpm, persistent).area().raw());
      assertEquals(area, VtpmJson.parse(issuer(tpm, persistent).issue(USER_DATA, NONCE)).akPub());
    }
  }

  private static VtpmIssuer issuer(Tpm tpm, AkSource source) {
    var nothing = new InstanceInfoSource.Described(null, List.of());
    return new VtpmIssuer(
        Variant.QEMU_VTPM, tpm, Optional::empty, source, (client, key, extra) -> nothing);
  }

  private void extend() {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.pcrEvent(9, DATA);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Bytes issue(Tpm tpm) throws IssueException {
    return new VtpmIssuer(Variant.QEMU_VTPM, tpm, Optional::empty, List.of())
        .issue(USER_DATA, NONCE);
  }

  private static Appraisal verify(Bytes document) {
    var policy =
        new PcrPolicy(Variant.QEMU_VTPM, new Measurements(new TreeMap<>()), new AkTrust.Any());
    return policy
        .verifier()
        .verify(document, new Challenge(NONCE, USER_DATA, Instant.parse("2026-01-01T00:00:00Z")));
  }
}
