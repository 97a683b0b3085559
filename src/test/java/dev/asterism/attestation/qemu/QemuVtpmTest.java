package dev.asterism.attestation.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.PcrRegister;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.testing.Swtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuVtpmTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("VerifyService");
  private static final Bytes NONCE = Digests.SHA256.of(Bytes.ofUtf8("nonce"));
  private static final Bytes CLUSTER_ID = Digests.SHA256.of(Bytes.ofUtf8("cluster"));
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  @Test
  void acceptsWhatTheSoftwareTpmIssues() throws Exception {
    assertRoundTrip(tpm);
  }

  @Test
  void acceptsWhatASwtpmIssues(@TempDir Path directory) throws Exception {
    try (Swtpm swtpm = Swtpm.start(directory)) {
      assertRoundTrip(swtpm.tpm());
    }
  }

  @Test
  void quotesEveryAllocatedBank() throws Exception {
    var several =
        SoftwareTpm.inMemory(
            new SecureRandom(), Set.of(Digests.SHA1, Digests.SHA256, Digests.SHA384));
    Bytes document = issuer(several).issue(USER_DATA, NONCE);

    assertEquals(
        3, Json.child(Json.object("document", document), "Attestation").get("quotes").size());
    assertTrue(verify(policy(""), document, NONCE).accepted());
  }

  @Test
  void saysAloudThatAnyKeyIsTaken() throws Exception {
    Appraisal appraisal = verify(policy(""), issuer(tpm).issue(USER_DATA, NONCE), NONCE);

    assertTrue(appraisal.accepted());
    assertEquals("ak.trust", appraisal.with(Outcome.WARNING).getFirst().id().id());
  }

  @Test
  void takesOnlyPinnedKeys() throws Exception {
    Bytes document = issuer(tpm).issue(USER_DATA, NONCE);
    String name = AttestationKey.of(tpm).name().hex();
    String spki = Digests.SHA256.of(AttestationKey.of(tpm).spki()).hex();
    String other = name.substring(0, 66) + (name.endsWith("00") ? "11" : "00");

    for (String key : List.of(name, spki, name + "\",\"" + other)) {
      assertTrue(verify(pinned(key), document, NONCE).accepted(), key);
      assertTrue(
          verify(pinned(key), document, NONCE).with(Outcome.PASSED).stream()
              .anyMatch(c -> c.id().id().equals("ak.trust")));
    }
    Appraisal refused = verify(pinned(other), document, NONCE);
    assertEquals(Verdict.REFUSED, refused.verdict());
    assertEquals(
        List.of("ak.trust"), refused.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList());
    assertEquals(Optional.empty(), refused.claims());
  }

  @Test
  void tellsUnspentFromBootstrapped() throws Exception {
    Policy policy = policy("");
    Bytes fresh = issuer(tpm).issue(USER_DATA, NONCE);
    assertTrue(verify(policy.unspent(), fresh, NONCE).accepted());
    assertFalse(verify(policy.memberOf(CLUSTER_ID), fresh, NONCE).accepted());

    new PcrRegister(tpm, 15).extend(CLUSTER_ID);
    Bytes spent = issuer(tpm).issue(USER_DATA, NONCE);
    assertTrue(verify(policy.memberOf(CLUSTER_ID), spent, NONCE).accepted());
    Appraisal refused = verify(policy.unspent(), spent, NONCE);
    assertEquals(Verdict.REFUSED, refused.verdict());
    assertTrue(refused.reason().startsWith("PCR 15: expected 0000"), refused.reason());
  }

  @Test
  void anUnspentRegisterIsEnforcedWhateverTheConfigurationSays() throws Exception {
    new PcrRegister(tpm, 15).extend(CLUSTER_ID);
    Bytes spent = issuer(tpm).issue(USER_DATA, NONCE);
    String value = new PcrRegister(tpm, 15).read().hex();
    for (String measured :
        List.of("\"" + value + "\"", "{\"expected\":\"" + value + "\",\"warnOnly\":true}")) {
      Policy lax =
          new QemuVtpm()
              .policy(Json.object("config", "{\"measurements\":{\"15\":" + measured + "}}"));

      assertTrue(verify(lax, spent, NONCE).accepted());
      assertEquals(Verdict.REFUSED, verify(lax.unspent(), spent, NONCE).verdict());
    }
  }

  @Test
  void tellsWhoeverHasJoinedAnyCluster() throws Exception {
    Policy policy = policy("").bootstrapped();
    Appraisal refused = verify(policy, issuer(tpm).issue(USER_DATA, NONCE), NONCE);

    assertEquals(Verdict.REFUSED, refused.verdict());
    assertEquals(
        List.of("measurement.set"),
        refused.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList());
    assertEquals(
        "PCR 15: expected a value that is not zero got " + "00".repeat(32), refused.reason());

    new PcrRegister(tpm, 15).extend(CLUSTER_ID);
    assertTrue(verify(policy, issuer(tpm).issue(USER_DATA, NONCE), NONCE).accepted());
  }

  @Test
  void havingJoinedIsEnforcedWhateverTheConfigurationSays() throws Exception {
    Bytes fresh = issuer(tpm).issue(USER_DATA, NONCE);
    String zero = "00".repeat(32);
    for (String measured :
        List.of("\"" + zero + "\"", "{\"expected\":\"" + zero + "\",\"warnOnly\":true}")) {
      Policy lax =
          new QemuVtpm()
              .policy(Json.object("config", "{\"measurements\":{\"15\":" + measured + "}}"));

      assertTrue(verify(lax, fresh, NONCE).accepted());
      assertEquals(Verdict.REFUSED, verify(lax.bootstrapped(), fresh, NONCE).verdict());
    }
  }

  private static void assertRoundTrip(Tpm tpm) throws Exception {
    Bytes document = issuer(tpm).issue(USER_DATA, NONCE);
    Appraisal appraisal = verify(policy(""), document, NONCE);

    assertTrue(appraisal.accepted(), appraisal.reason());
    var claims = appraisal.claims().orElseThrow();
    assertEquals(Variant.QEMU_VTPM, claims.variant());
    assertEquals(USER_DATA, claims.userData());
    assertEquals(24, claims.measurements().size());
    assertEquals(AttestationKey.of(tpm).name().hex(), claims.identity().get(Identifier.AK_NAME));
    assertEquals(Verdict.REFUSED, verify(policy(""), document, USER_DATA).verdict());
  }

  private static Issuer issuer(Tpm tpm) {
    return QemuVtpm.issuer(tpm, Optional::empty, List.of());
  }

  private static Policy pinned(String keys) throws MalformedException {
    return policy(",\"akTrust\":{\"mode\":\"pinned\",\"keys\":[\"" + keys + "\"]}");
  }

  private static Policy policy(String more) throws MalformedException {
    String zero = "00".repeat(32);
    return new QemuVtpm()
        .policy(Json.object("config", "{\"measurements\":{\"4\":\"" + zero + "\"}" + more + "}"));
  }

  private static Appraisal verify(Policy policy, Bytes document, Bytes nonce) {
    return policy.verifier().verify(document, new Challenge(nonce, USER_DATA, NOW));
  }
}
