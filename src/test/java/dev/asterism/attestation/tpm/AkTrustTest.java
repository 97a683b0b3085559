package dev.asterism.attestation.tpm;

import static dev.asterism.attestation.Identifier.AK_NAME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Request;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class AkTrustTest {
  private static final long OWNER = 0x40000001L;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant BEFORE = NOW.minus(Duration.ofHours(1));
  private static final Instant AFTER = NOW.plus(Duration.ofHours(1));

  private final CertificateAuthority root = CertificateAuthority.create("root", BEFORE, AFTER);
  private final CertificateAuthority other = CertificateAuthority.create("root", BEFORE, AFTER);
  private final PublicKey key = ForgedVtpm.genuine().key.getPublic();

  @Test
  void takesAKeyThatOneOfTheRootsCertifies() throws Exception {
    X509Certificate leaf = certify(root, key, Usage.ATTESTATION_KEY, BEFORE, AFTER);
    assertAccepted(leaf, List.of(), root);
    assertAccepted(leaf, List.of(root.certificate()), root);

    Appraisal appraisal = verify(leaf, List.of(), certified(root, other));
    assertTrue(appraisal.accepted(), appraisal.reason());
    assertEquals(
        List.of("eventlog.replay"),
        appraisal.with(Outcome.WARNING).stream().map(c -> c.id().id()).toList());
  }

  @Test
  void refusesAKeyWithoutACertificate() throws Exception {
    assertRefused("ak.chain", null, List.of(), root);
  }

  @Test
  void refusesACertificateThatIsNone() throws Exception {
    ForgedVtpm forged = ForgedVtpm.with(f -> f.akCert = Bytes.ofUtf8("certificate"));
    assertFailed("ak.chain", verify(forged, certified(root)));
  }

  @Test
  void refusesACertificateWithBytesBehindIt() throws Exception {
    X509Certificate leaf = certify(root, key, Usage.ATTESTATION_KEY, BEFORE, AFTER);
    ForgedVtpm forged = ForgedVtpm.with(f -> f.akCert = Bytes.concat(der(leaf), Bytes.zeros(1)));
    assertFailed("ak.chain", verify(forged, certified(root)));
  }

  @Test
  void refusesAnotherRootOfTheSameName() throws Exception {
    assertRefused(
        "ak.chain", certify(other, key, Usage.ATTESTATION_KEY, BEFORE, AFTER), List.of(), root);
    assertRefused(
        "ak.chain",
        certify(other, key, Usage.ATTESTATION_KEY, BEFORE, AFTER),
        List.of(other.certificate()),
        root);
  }

  @Test
  void refusesWhatACertifiedKeyCertifies() throws Exception {
    var attacker = CertificateAuthority.create("attacker", BEFORE, AFTER);
    X509Certificate leaf =
        certify(root, attacker.certificate().getPublicKey(), Usage.ATTESTATION_KEY, BEFORE, AFTER);
    assertRefused(
        "ak.chain",
        certify(attacker, key, Usage.ATTESTATION_KEY, BEFORE, AFTER),
        List.of(leaf),
        root);
  }

  @Test
  void refusesACertificateThatIsNotValidWhenAsked() throws Exception {
    Instant early = BEFORE.plusSeconds(60);
    assertRefused(
        "ak.validity", certify(root, key, Usage.ATTESTATION_KEY, BEFORE, early), List.of(), root);
    Instant late = AFTER.minusSeconds(60);
    assertRefused(
        "ak.validity", certify(root, key, Usage.ATTESTATION_KEY, late, AFTER), List.of(), root);
  }

  @Test
  void refusesTheCertificateOfAnotherKey() throws Exception {
    PublicKey foreign = ForgedVtpm.keyPair("other RSA").getPublic();
    assertRefused(
        "ak.certified",
        certify(root, foreign, Usage.ATTESTATION_KEY, BEFORE, AFTER),
        List.of(),
        root);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CA", "CLIENT", "SERVER", "KUBELET"})
  void refusesACertificateForOtherPurposes(Usage usage) throws Exception {
    assertRefused("ak.certified", certify(root, key, usage, BEFORE, AFTER), List.of(), root);
  }

  @Test
  void aCertificateWithoutPurposesStandsForAKeyThatSigns() throws Exception {
    KeyPair pair = ForgedVtpm.keyPair("vendor RSA");
    PssAuthority vendor =
        PssAuthority.root(pair, plain(pair.getPublic(), "CN=root", true, Map.of()));
    AkTrust trust =
        new AkTrust.Certified(List.of(vendor.certificate()), EnumSet.noneOf(TrustAnchor.class));
    String usage = "2.5.29.15";
    String purposes = "2.5.29.37";
    for (Map<String, Bytes> good :
        List.of(
            Map.<String, Bytes>of(),
            // digitalSignature, anyExtendedKeyUsage
            Map.of(usage, Bytes.ofHex("usage", "03020780")),
            Map.of(purposes, Bytes.ofHex("purposes", "300606" + "04551d2500")))) {
      X509Certificate leaf = vendor.issue(plain(key, "CN=key", false, good));
      Appraisal appraisal = verify(leaf, List.of(), trust);
      assertTrue(appraisal.accepted(), appraisal.reason());
    }
    for (Map<String, Bytes> bad :
        List.of(
            // keyEncipherment
            Map.of(usage, Bytes.ofHex("usage", "03020520")),
            // cA, with no authority below it
            Map.of("2.5.29.19", Bytes.ofHex("constraints", "30060101ff020100")),
            Map.of(purposes, Bytes.ofHex("purposes", "300a06082b06010505070301")),
            // purposes that nobody can read
            Map.of(purposes, Bytes.ofHex("purposes", "0500")))) {
      X509Certificate leaf = vendor.issue(plain(key, "CN=key", false, bad));
      assertFailed("ak.certified", verify(leaf, List.of(), trust));
    }
    X509Certificate authority = vendor.issue(plain(key, "CN=key", true, Map.of()));
    assertFailed("ak.certified", verify(authority, List.of(), trust));
  }

  private static PssAuthority.Request plain(
      PublicKey key, String subject, boolean authority, Map<String, Bytes> extensions) {
    return new PssAuthority.Request(
        key, subject, BigInteger.TEN, BEFORE, AFTER, authority, extensions);
  }

  @Test
  void pinsKeysByNameOrBySpki() throws Exception {
    ForgedVtpm forged = ForgedVtpm.genuine();
    String name = TpmtPublic.parse(forged.publicArea()).name().hex();
    String spki = Digests.SHA256.of(Bytes.of(key.getEncoded())).hex();
    for (String pinned : List.of(name, spki, spki.toUpperCase(java.util.Locale.ROOT))) {
      assertTrue(verify(forged, pinned(pinned)).accepted(), pinned);
    }
    assertFailed("ak.trust", verify(forged, pinned("00".repeat(32))));
  }

  @Test
  void aPinnedNameStandsForOneUseOfAKey() throws Exception {
    String name = TpmtPublic.parse(ForgedVtpm.genuine().publicArea()).name().hex();
    ForgedVtpm sameKey = ForgedVtpm.with(f -> f.authPolicy = Bytes.zeros(32));
    assertFailed("ak.trust", verify(sameKey, pinned(name)));
  }

  /** Only the key of a public area is signed for; a host can write anything beside it. */
  @Test
  void aKeyInAnotherAreaIsTheSameMachineAndHasNoName() throws Exception {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    Bytes leaf = der(certify(root, key, Usage.ATTESTATION_KEY, BEFORE, AFTER));
    genuine.akCert = leaf;
    String spki = Digests.SHA256.of(Bytes.of(key.getEncoded())).hex();
    Bytes signed = genuine.qualifiedName(OWNER);
    for (AkTrust trust : List.of(certified(root), pinned(spki), new AkTrust.Any())) {
      var named = verify(genuine, trust).claims().orElseThrow().identity();
      assertEquals(spki, named.get(Identifier.AK_KEY));
      assertEquals(
          TpmtPublic.parse(genuine.publicArea()).name().hex(), named.get(Identifier.AK_NAME));
      for (Consumer<ForgedVtpm> change :
          List.<Consumer<ForgedVtpm>>of(
              f -> f.authPolicy = Bytes.zeros(32),
              f -> f.attributes ^= 1 << 6,
              f -> f.nameAlg = 0x0c,
              f -> f.exponent = 65537)) {
        ForgedVtpm renamed = ForgedVtpm.with(change);
        renamed.akCert = leaf;
        renamed.qualifiedSigner = signed;
        var other = verify(renamed, trust).claims().orElseThrow().identity();
        assertEquals(spki, other.get(Identifier.AK_KEY));
        assertNull(other.get(Identifier.AK_NAME));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {OWNER, 0x40000007L, 0x4000000bL, 0x4000000cL})
  void theTpmItselfNamesAKeyInItsQuote(long hierarchy) throws Exception {
    for (int nameAlg : new int[] {0x0b, 0x0c}) {
      ForgedVtpm forged = ForgedVtpm.with(f -> f.nameAlg = nameAlg);
      forged.qualifiedSigner = forged.qualifiedName(hierarchy);
      assertEquals(
          TpmtPublic.parse(forged.publicArea()).name().hex(),
          verify(forged, new AkTrust.Any()).claims().orElseThrow().identity().get(AK_NAME));
    }
  }

  /** As one of a key below another: only the policy can know it. */
  @Test
  void aNameThatTheQuoteDoesNotProveIsThePolicysWordOrNobodys() throws Exception {
    ForgedVtpm forged = ForgedVtpm.with(f -> f.qualifiedSigner = f.qualifiedName(0x81000001L));
    String name = TpmtPublic.parse(forged.publicArea()).name().hex();
    assertEquals(name, verify(forged, pinned(name)).claims().orElseThrow().identity().get(AK_NAME));
    assertNull(verify(forged, new AkTrust.Any()).claims().orElseThrow().identity().get(AK_NAME));
  }

  @Test
  void takesAnyKeyWhereThePolicySaysNothing() throws Exception {
    for (String config : List.of("{}", "{\"akTrust\":null}", "{\"akTrust\":{\"mode\":\"any\"}}")) {
      Appraisal appraisal =
          verify(ForgedVtpm.genuine(), AkTrustConfig.parse(Json.object("config", config)));
      assertTrue(appraisal.accepted());
      assertEquals("ak.trust", appraisal.with(Outcome.WARNING).getFirst().id().id());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "akTrust       | []",
        "akTrust       | \"any\"",
        "akTrust.mode  | {}",
        "akTrust.mode  | {\"mode\": null}",
        "akTrust.mode  | {\"mode\": \"ANY\"}",
        "akTrust.mode  | {\"mode\": \"none\"}",
        "akTrust.keys  | {\"mode\": \"pinned\"}",
        "akTrust.keys  | {\"mode\": \"pinned\", \"keys\": []}",
        "akTrust.keys  | {\"mode\": \"pinned\", \"keys\": \"00\"}",
        "akTrust.keys  | {\"mode\": \"pinned\", \"keys\": [1]}",
        "akTrust.keys  | {\"mode\": \"pinned\", \"keys\": [\"xy\"]}",
        "akTrust.keys  | {\"mode\": \"pinned\", \"keys\": [\"000b00\"]}",
        "akTrust.keys  | {\"mode\": \"any\", \"keys\": [\"00\"]}",
        "akTrust.roots | {\"mode\": \"pinned\", \"keys\": [\"00\"], \"roots\": [\"x\"]}",
        "akTrust.roots | {\"mode\": \"certificate\"}",
        "akTrust.roots | {\"mode\": \"certificate\", \"roots\": []}",
        "akTrust.roots | {\"mode\": \"certificate\", \"roots\": [\"no PEM\"]}",
        "akTrust.keys  | {\"mode\": \"certificate\", \"keys\": [\"00\"], \"roots\": [\"x\"]}",
      })
  void namesTheMemberOfAConfigThatIsWrong(String field, String trust) throws Exception {
    ObjectNode config = Json.object("config", "{\"akTrust\":" + trust + "}");
    var e = assertThrows(MalformedException.class, () -> AkTrustConfig.parse(config));
    assertEquals(field, e.field());
  }

  @Test
  void anEmptyListMeansNothing() throws Exception {
    for (String lists : List.of("\"keys\":[]", "\"keys\":null", "\"roots\":[]")) {
      ObjectNode config = Json.object("config", "{\"akTrust\":{\"mode\":\"any\"," + lists + "}}");
      assertEquals(new AkTrust.Any(), AkTrustConfig.parse(config));
    }
    for (String lists : List.of("\"keys\":\"\"", "\"keys\":{}", "\"roots\":\"\"")) {
      ObjectNode config = Json.object("config", "{\"akTrust\":{\"mode\":\"any\"," + lists + "}}");
      assertThrows(MalformedException.class, () -> AkTrustConfig.parse(config), lists);
    }
  }

  @Test
  void hardwareIsAskedForMoreOnlyWhereThePolicySaysMore() throws Exception {
    FurtherTrust nothing = FurtherTrust.parse(Json.newObject());
    assertEquals(List.of(), nothing.plan());
    assertTrue(nothing.check(new Checklist(List.of(AkTrust.TRUST)), presented()));

    ObjectNode config = Json.newObject();
    String name = TpmtPublic.parse(ForgedVtpm.genuine().publicArea()).name().hex();
    config.putObject("akTrust").put("mode", "pinned").putArray("keys").add(name);
    FurtherTrust right = FurtherTrust.parse(config);
    assertEquals(List.of(AkTrust.TRUST), right.plan());
    assertTrue(right.check(new Checklist(right.plan()), presented()));

    FurtherTrust wrong = new FurtherTrust(pinned("00".repeat(32)));
    Checklist checks = new Checklist(wrong.plan());
    assertFalse(wrong.check(checks, presented()));
    assertTrue(checks.anyFailed());
  }

  private static AkBinding.Presented presented() throws MalformedException {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    return ParsedDocument.of(genuine.document())
        .presented(new Challenge(genuine.nonce, genuine.userData, NOW));
  }

  @Test
  void refusesAPinnedKeyThatIsNoNameAndNoHash() throws Exception {
    for (String key :
        List.of("000c" + "00".repeat(32), "000b" + "00".repeat(48), "00".repeat(20))) {
      assertThrows(MalformedException.class, () -> pinned(key), key);
    }
    pinned("000c" + "00".repeat(48));
  }

  private void assertAccepted(
      X509Certificate leaf, List<X509Certificate> issuers, CertificateAuthority root)
      throws Exception {
    Appraisal appraisal = verify(leaf, issuers, certified(root));
    assertTrue(appraisal.accepted(), appraisal.reason());
  }

  private void assertRefused(
      String check, X509Certificate leaf, List<X509Certificate> issuers, CertificateAuthority root)
      throws Exception {
    assertFailed(check, verify(leaf, issuers, certified(root)));
  }

  private static void assertFailed(String check, Appraisal appraisal) {
    assertEquals(Verdict.REFUSED, appraisal.verdict());
    assertEquals(
        List.of(check), appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList());
    assertTrue(appraisal.claims().isEmpty());
  }

  private static Appraisal verify(
      X509Certificate leaf, List<X509Certificate> issuers, AkTrust trust) throws Exception {
    ForgedVtpm forged = ForgedVtpm.genuine();
    forged.akCert = leaf == null ? null : der(leaf);
    for (X509Certificate issuer : issuers) {
      forged.intermediateCerts.add(der(issuer));
    }
    return verify(forged, trust);
  }

  private static Appraisal verify(ForgedVtpm forged, AkTrust trust) throws MalformedException {
    String measurements = "{\"4\":\"" + forged.pcrs(Digests.SHA256).get(4) + "\"}";
    Policy policy =
        new PcrPolicy(
            Variant.QEMU_VTPM,
            PcrPolicy.measurements(
                Json.object("config", "{\"measurements\":" + measurements + "}"),
                Variant.QEMU_VTPM),
            trust);
    var challenge = new Challenge(forged.nonce, forged.userData, NOW);
    Appraisal appraisal = policy.verifier().verify(forged.document(), challenge);
    // Its own word is enough: nobody has to look at the list of checks once more.
    assertEquals(
        appraisal.with(Outcome.FAILED).isEmpty(),
        trust
            .check(
                new Checklist(trust.plan()),
                ParsedDocument.of(forged.document()).presented(challenge))
            .isPresent());
    return appraisal;
  }

  private static AkTrust certified(CertificateAuthority... roots) throws MalformedException {
    ObjectNode config = Json.newObject();
    var list = config.putObject("akTrust").put("mode", "certificate").putArray("roots");
    for (CertificateAuthority root : roots) {
      list.add(root.certificatePem());
    }
    return AkTrustConfig.parse(config);
  }

  private static AkTrust pinned(String key) throws MalformedException {
    ObjectNode config = Json.newObject();
    config.putObject("akTrust").put("mode", "pinned").putArray("keys").add(key);
    return AkTrustConfig.parse(config);
  }

  private static X509Certificate certify(
      CertificateAuthority authority, PublicKey key, Usage usage, Instant from, Instant to) {
    return authority.issue(
        new Request(key, "CN=attestation key", from, to, usage, List.of(), List.of()));
  }

  private static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
