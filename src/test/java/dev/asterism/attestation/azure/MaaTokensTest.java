package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.CapturedLog;
import dev.asterism.testing.FakeCloud;
import dev.asterism.testing.FakeMaa;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedMaa;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.InterposedTpm;
import dev.asterism.testing.Swtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * A machine of Azure with a real TPM's commands, whose signer no policy lists, and Microsoft's
 * attestation service.
 */
class MaaTokensTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("user data");
  private static final Bytes NONCE = Bytes.zeros(32);

  private final ForgedMaa forgedMaa = new ForgedMaa(ForgedSnp.NOW);
  private final FakeMaa maa = new FakeMaa(forgedMaa);
  private final FakeCloud cloud = new FakeCloud();
  private final ForgedSnp forged = ForgedSnp.genuine();

  /** Has the HCL report, for which swtpm's NV indices are too small. */
  private final Tpm large = SoftwareTpm.inMemory(new SecureRandom());

  private final Tpm.Conversation nv = large.open();
  private Optional<Bytes> log = Optional.empty();
  private Swtpm swtpm;
  private Tpm tpm;

  MaaTokensTest() throws IOException {}

  @BeforeEach
  void provision(@TempDir Path state) throws Exception {
    swtpm = Swtpm.start(state);
    tpm = new InterposedTpm(swtpm.tpm(), this::route);
    try (TpmClient client = TpmClient.open(tpm)) {
      client.startup();
      TpmClient.Loaded key = client.createPrimaryAk();
      client.evictControl(key.handle(), AzureIssuers.AK);
      client.flushContext(key.handle());
      client.nv(AzureIssuers.AK_CERTIFICATE).store(Bytes.ofUtf8("a certificate"));
    }
    PublicKey ak = AttestationKey.of(tpm, AzureIssuers.KEY).publicKey();
    ForgedHcl hcl = ForgedHcl.with(ForgedHcl.SNP, ak, f -> {});
    forged.report.set(SoftwareReport.REPORT_DATA, hcl.reportData());
    try (TpmClient client = TpmClient.open(large)) {
      client
          .nv(AzureIssuers.HCL_REPORT)
          .store(hcl.report(forged.report.signed(forged.key.getPrivate())));
    }
    cloud.vcek = Pem.encode(forged.leaf());
    cloud.chain = Pem.encode(forged.intermediate) + Pem.encode(forged.root);
  }

  private byte[] route(int code, byte[] command, Tpm.Conversation behind) throws IOException {
    int index = code == Tpm2.CC_NV_READ_PUBLIC ? 10 : 14;
    boolean reads = code == Tpm2.CC_NV_READ_PUBLIC || code == Tpm2.CC_NV_READ;
    return reads && ByteBuffer.wrap(command).getInt(index) == AzureIssuers.HCL_REPORT
        ? nv.transmit(command)
        : behind.transmit(command);
  }

  @AfterEach
  void close() throws IOException {
    maa.close();
    cloud.close();
    nv.close();
    if (swtpm != null) {
      swtpm.close();
    }
  }

  private MaaTokens told() {
    return new MaaTokens(
        () -> Optional.of(URI.create(maa.url())),
        new OsRelease("Linux of Theseus", 3, 14),
        ProxySelector.of(null),
        Duration.ofSeconds(10));
  }

  private MaaTokens tagged() {
    return MaaTokens.ofTag(cloud.service(), ProxySelector.of(null));
  }

  private void tag(String name, String value) {
    ObjectNode document = Json.newObject();
    document
        .putObject("compute")
        .putArray("tagsList")
        .addObject()
        .put("name", name)
        .put("value", value);
    cloud.instance = Json.line(document);
  }

  private Bytes issue(MaaTokens tokens) throws Exception {
    Issuer issuer = AzureIssuers.snp(tpm, () -> log, cloud.service(), tokens);
    Bytes document = issuer.issue(USER_DATA, NONCE);
    assertNothingIsLeft();
    return document;
  }

  /** TPM2_GetCapability: transient objects and sessions. */
  private void assertNothingIsLeft() throws Exception {
    try (Tpm.Conversation conversation = swtpm.tpm().open()) {
      for (String first : List.of("80000000", "02000000")) {
        byte[] command =
            HexFormat.of().parseHex("8001000000160000017a00000001" + first + "00000008");
        String answer = HexFormat.of().formatHex(conversation.transmit(command));
        // No more; TPM_CAP_HANDLES; none.
        assertEquals("80010000001300000000" + "00" + "00000001" + "00000000", answer);
      }
    }
  }

  private Appraisal judge(Bytes document) throws Exception {
    ObjectNode config = forged.config();
    ForgedSnp.snp(config).put("revocation", "ifAvailable");
    config.putObject("measurements").put("4", "00".repeat(32));
    config
        .putObject("firmwareSignerConfig")
        .put("enforcementPolicy", "MAAFallback")
        .put("maaURL", "https://maa.example")
        .putArray("acceptedKeyDigests");
    return new AzureSevSnp(keys())
        .policy(config)
        .verifier()
        .verify(document, new Challenge(NONCE, USER_DATA, ForgedSnp.NOW));
  }

  private EndorsementSource keys() {
    Endorsement keys = Endorsement.of(forgedMaa.keys());
    return new EndorsementSource() {
      @Override
      public Answer get(EndorsementRequest request) {
        return request.key().equals("azure-maa/maa.example/certs")
            ? new Answer.Found(keys)
            : new Answer.Unavailable("nobody answers");
      }

      @Override
      public Endorsement newest(EndorsementRequest request, Endorsement presented) {
        return presented;
      }
    };
  }

  private static List<String> failed(Appraisal appraisal) {
    return appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList();
  }

  @Test
  void aSignerThatNobodyListsIsAcceptedByTheServicesWord() throws Exception {
    Appraisal appraisal = judge(issue(told()));

    assertEquals(List.of(), maa.refused);
    assertTrue(appraisal.accepted(), appraisal.reason());
    ObjectNode info = maa.infos.getFirst();
    assertEquals(Bytes.ofUtf8("Linux of Theseus").base64(), Json.string(info, "OSDistro"));
    assertEquals(3, info.get("OSVersionMajor").intValue());
    assertEquals(14, info.get("OSVersionMinor").intValue());
    assertEquals(Bytes.EMPTY, Json.base64(info, "TcgLogs"));
    assertEquals(
        Bytes.ofUtf8("a certificate"), Json.base64(Json.child(info, "TpmInfo"), "AikCert"));
    assertEquals(List.of("GET /metadata/THIM/amd/certification"), cloud.asked);
  }

  @Test
  void theServiceGetsTheFirmwaresLog() throws Exception {
    log = Optional.of(Bytes.ofUtf8("an event log"));
    issue(told());
    assertEquals(log.get(), Json.base64(maa.infos.getFirst(), "TcgLogs"));
  }

  @Test
  void theInstancesTagNamesTheServiceAndIsLookedForOnce() throws Exception {
    tag("Constellation-MAA-URL", maa.url() + "/");
    maa.keyLength = 16;
    MaaTokens tokens = tagged();
    assertTrue(judge(issue(tokens)).accepted());
    issue(tokens);
    assertEquals(2, maa.infos.size());
    assertEquals(1, cloud.asked.stream().filter(a -> a.endsWith("/instance")).count());
  }

  @Test
  void withoutTagNobodyIsAskedAndNothingLogged() throws Exception {
    tag("another", maa.url());
    try (CapturedLog log = new CapturedLog()) {
      assertEquals(List.of("maa.token"), failed(judge(issue(tagged()))));
      assertEquals(List.of(), log.lines());
    }
    assertEquals(0, maa.infos.size());
  }

  @Test
  void aTagThatIsNoAddressOrAHostWithoutTagsIsAWarning() throws Exception {
    tag(MaaAddress.TAG, "http://maa.example");
    assertWithout(tagged(), "tag constellation-maa-url");
    cloud.instance = "";
    var now = new AtomicLong();
    var tokens =
        new MaaTokens(
            MaaAddress.ofTag(cloud.service()),
            OsRelease.UNKNOWN,
            ProxySelector.of(null),
            Duration.ofSeconds(10),
            now::get,
            new Semaphore(1));
    assertWithout(tokens, "/metadata/instance");
    // It is looked for until there is an answer, but not in each handshake.
    tag(MaaAddress.TAG, maa.url());
    now.set(MaaTokens.REST.toNanos() - 1);
    assertEquals(List.of("maa.token"), failed(judge(issue(tokens))));
    assertEquals(0, maa.infos.size());
    now.set(MaaTokens.REST.toNanos());
    assertTrue(judge(issue(tokens)).accepted());
  }

  /**
   * Each stranger's hello would otherwise keep evidence waiting for as long as an answer may take.
   */
  @Test
  void aDeadServiceIsNotAskedForAWhile() throws Exception {
    var now = new AtomicLong();
    maa.status = 503;
    var tokens =
        new MaaTokens(
            () -> Optional.of(URI.create(maa.url())),
            OsRelease.UNKNOWN,
            ProxySelector.of(null),
            Duration.ofSeconds(10),
            now::get,
            new Semaphore(1));
    assertWithout(tokens, "answers 503");
    issue(tokens);
    assertEquals(1, maa.infos.size());
    maa.status = 200;
    now.set(MaaTokens.REST.toNanos());
    assertTrue(judge(issue(tokens)).accepted());
    issue(tokens);
    assertEquals(3, maa.infos.size(), "after an answer it is asked each time");
  }

  @Test
  void whoFindsTooManyWaitingGoesWithout() throws Exception {
    var places = new Semaphore(0);
    var tokens =
        new MaaTokens(
            () -> Optional.of(URI.create(maa.url())),
            OsRelease.UNKNOWN,
            ProxySelector.of(null),
            Duration.ofSeconds(10),
            System::nanoTime,
            places);
    assertEquals(List.of("maa.token"), failed(judge(issue(tokens))));
    assertEquals(0, maa.infos.size());
    places.release();
    assertTrue(judge(issue(tokens)).accepted());
    assertEquals(1, places.availablePermits(), "the place is free again");
  }

  @Test
  void aTokenForAnotherNonceIsRefused() throws Exception {
    maa.token = t -> t.payload().put("nonce", Bytes.zeros(32).base64());
    assertEquals(List.of("maa.nonce"), failed(judge(issue(told()))));
  }

  private void assertWithout(MaaTokens tokens, String why) throws Exception {
    assertWithout(tokens, why, why);
  }

  private void assertWithout(MaaTokens tokens, String why, String where) throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      Bytes document = issue(tokens);
      String text = log.text();
      assertTrue(
          text.contains("WARN") && text.contains(why) && text.contains(where), why + ": " + text);
      assertFalse(text.contains("eyJ"), text);
      assertEquals(List.of("maa.token"), failed(judge(document)), why);
    }
  }

  private void refuses(String why, Consumer<FakeMaa> change) throws Exception {
    try (FakeMaa bad = new FakeMaa(forgedMaa)) {
      change.accept(bad);
      MaaTokens tokens =
          new MaaTokens(
              () -> Optional.of(URI.create(bad.url())),
              OsRelease.UNKNOWN,
              ProxySelector.of(null),
              Duration.ofSeconds(bad.hangs ? 1 : 10));
      assertWithout(tokens, why, bad.url() + "/attest/AzureGuest");
      assertEquals(List.of(), bad.refused);
      assertEquals(1, bad.infos.size(), why);
    }
  }

  private static Consumer<FakeMaa> member(String name, Bytes value) {
    return m -> m.envelope = e -> e.put(name, value.base64());
  }

  @Test
  void answersThatAreNoneAreWarnings() throws Exception {
    refuses("answers 401", m -> m.status = 401);
    refuses("answers 503", m -> m.status = 503);
    refuses("answers 302", m -> m.status = 302);
    refuses("no whole answer", m -> m.hangs = true);
    refuses("cannot be asked", m -> m.body = b -> b + " ".repeat(1024 * 1024));
    refuses("MAA answer", m -> m.body = b -> b.substring(1));
    refuses("token", m -> m.body = b -> "{}");
    refuses("token", m -> m.body = b -> "{\"token\":\"=\"}");
  }

  @Test
  void envelopesThatCannotBeReadAreWarnings() throws Exception {
    refuses("MAA envelope", m -> m.inner = text -> "no JSON");
    for (String name :
        List.of("EncryptedInnerKey", "EncryptionParams", "AuthenticationData", "Jwt")) {
      refuses(name, m -> m.envelope = e -> e.remove(name));
    }
    refuses("Iv", m -> m.envelope = e -> e.putObject("EncryptionParams"));
    refuses(
        "Iv: is not of 12",
        m -> m.envelope = e -> e.putObject("EncryptionParams").put("Iv", "AAAA"));
    refuses("AuthenticationData: is not of 16", member("AuthenticationData", Bytes.zeros(15)));
    refuses("EncryptedInnerKey: is not of 256", member("EncryptedInnerKey", Bytes.zeros(255)));
    refuses(
        "EncryptedInnerKey: is not of 256", member("EncryptedInnerKey", ForgedSnp.filled(257, 1)));
    refuses("Jwt", m -> m.envelope = e -> e.put("Jwt", "?"));
  }

  @Test
  void envelopesThatCannotBeOpenedAreWarnings() throws Exception {
    refuses("TPM2_RSA_Decrypt", member("EncryptedInnerKey", Bytes.zeros(256)));
    refuses("no AES key", m -> m.keyLength = 24);
    refuses("not encrypted with", member("AuthenticationData", Bytes.zeros(16)));
    refuses("not encrypted with", member("Jwt", Bytes.zeros(100)));
    refuses("MAA token", m -> m.compact = t -> "no token");
    refuses("not ASCII", m -> m.compact = t -> "é");
  }

  @Test
  void aKeyAsANumberMayHaveAZeroBeforeIt() throws Exception {
    maa.envelope =
        e -> e.put("EncryptedInnerKey", Bytes.concat(Bytes.zeros(1), encryptedKey(e)).base64());
    assertTrue(judge(issue(told())).accepted());
  }

  private static Bytes encryptedKey(ObjectNode envelope) {
    return Bytes.of(Base64.getDecoder().decode(envelope.get("EncryptedInnerKey").stringValue()));
  }

  @Test
  void aTpmThatRefusesIsAWarningAndKeepsNothing() throws Exception {
    Tpm whole = tpm;
    for (int code : List.of(Tpm2.CC_CERTIFY, Tpm2.CC_POLICY_PCR, Tpm2.CC_RSA_DECRYPT)) {
      tpm = InterposedTpm.answering(whole, code, 0x101, 1);
      assertWithout(told(), "failure mode");
    }
  }

  @Test
  void nothingThatListensIsAWarning() throws Exception {
    maa.close();
    assertWithout(told(), "cannot be asked");
  }
}
