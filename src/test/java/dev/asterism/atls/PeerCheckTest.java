package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.SelfSignedCertificate;
import dev.asterism.crypto.SelfSignedCertificate.Extension;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import java.net.Socket;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

class PeerCheckTest {
  private static final Variant VARIANT = Variant.QEMU_VTPM;
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

  private final Verdicts heard = new Verdicts();
  private final KeyPair key = KeyPairs.ecP256();
  private final Bytes keyHash = Digests.SHA256.of(Bytes.of(key.getPublic().getEncoded()));
  private final Bytes nonce = Nonce.random(new SecureRandom());

  private PeerCheck check(Verifier verifier) {
    InstantSource clock = InstantSource.fixed(NOW);
    return new PeerCheck(heard.by(verifier, clock), clock, TimeLimit.DEFAULT);
  }

  private X509Certificate certificate(Bytes document) throws Exception {
    Bytes der =
        SelfSignedCertificate.mint(
            key,
            "Constellation",
            NOW.minus(Duration.ofHours(2)),
            NOW.plus(Duration.ofHours(2)),
            new Extension(VARIANT.oid(), document));
    return Pem.certificate("certificate", der);
  }

  @Test
  void acceptsEvidenceAboutThisKeyAndNonce() throws Exception {
    var peer =
        check(DummyEvidence.verifier(VARIANT))
            .check(chain(DummyEvidence.document(keyHash, nonce)), nonce, "peer:1");

    assertEquals(keyHash, peer.orElseThrow().claims().userData());
  }

  /** A verifier that forgets to compare must not be enough to let another key in. */
  @Test
  void comparesTheKeyEvenWhereTheVerifierDoesNot() throws Exception {
    Verifier forgetful =
        new Verifier() {
          @Override
          public Variant variant() {
            return VARIANT;
          }

          @Override
          public Appraisal verify(Bytes document, Challenge challenge) {
            return DummyEvidence.verifier(VARIANT)
                .verify(document, new Challenge(challenge.nonce(), null, challenge.at()));
          }
        };
    X509Certificate[] chain = chain(DummyEvidence.document(Bytes.zeros(32), nonce));

    var refused =
        assertThrows(
            PeerRefusedException.class, () -> check(forgetful).check(chain, nonce, "peer:1"));

    assertEquals("accepted evidence is not about this certificate's key", refused.getMessage());
    assertEquals(1, heard.rejections().size());
  }

  @Test
  void handsTheVerifierExactlyTheDocumentNonceKeyAndTime() throws Exception {
    Bytes document = DummyEvidence.document(keyHash, nonce);
    Verifier exact =
        new Verifier() {
          @Override
          public Variant variant() {
            return VARIANT;
          }

          @Override
          public Appraisal verify(Bytes given, Challenge challenge) {
            assertEquals(document, given);
            assertEquals(new Challenge(nonce, keyHash, NOW), challenge);
            return DummyEvidence.verifier(VARIANT).verify(given, challenge);
          }
        };

    assertTrue(check(exact).check(chain(document), nonce, "peer:1").isPresent());
  }

  @Test
  void wantsExactlyOneCertificate() throws Exception {
    X509Certificate one = certificate(DummyEvidence.document(keyHash, nonce));
    PeerCheck check = check(DummyEvidence.verifier(VARIANT));

    for (X509Certificate[] chain :
        new X509Certificate[][] {new X509Certificate[0], {one, one}, {one, one, one}}) {
      var refused =
          assertThrows(PeerRefusedException.class, () -> check.check(chain, nonce, "peer:1"));
      assertEquals(PeerRefusedException.Kind.REJECTED, refused.kind());
    }
    assertEquals(3, heard.rejections().size());
  }

  /** BoringSSL proves that the peer has the key; not that it certified itself. */
  @Test
  void wantsACertificateThatItsOwnKeySigned() throws Exception {
    var foreign = new KeyPair(key.getPublic(), KeyPairs.ecP256().getPrivate());
    Bytes der =
        SelfSignedCertificate.mint(
            foreign,
            "Constellation",
            NOW.minus(Duration.ofHours(2)),
            NOW.plus(Duration.ofHours(2)),
            new Extension(VARIANT.oid(), DummyEvidence.document(keyHash, nonce)));
    X509Certificate[] chain = {Pem.certificate("certificate", der)};
    var none = new PeerCheck(null, InstantSource.fixed(NOW), TimeLimit.DEFAULT);
    for (PeerCheck check : List.of(check(DummyEvidence.verifier(VARIANT)), none)) {
      var refused =
          assertThrows(PeerRefusedException.class, () -> check.check(chain, nonce, "peer:1"));
      assertEquals("the certificate is not signed by its own key", refused.getMessage());
    }
  }

  @Test
  void comparesTheVariantEvenWhereTheVerifierDoesNot() throws Exception {
    Verifier mistaken =
        new Verifier() {
          @Override
          public Variant variant() {
            return VARIANT;
          }

          @Override
          public Appraisal verify(Bytes document, Challenge challenge) {
            return DummyEvidence.verifier(Variant.QEMU_TDX).verify(document, challenge);
          }
        };
    X509Certificate[] chain = chain(DummyEvidence.document(keyHash, nonce));
    var refused =
        assertThrows(
            PeerRefusedException.class, () -> check(mistaken).check(chain, nonce, "peer:1"));
    assertEquals("accepted evidence is not about this certificate's key", refused.getMessage());
  }

  @Test
  void onlyAnAcceptedAppraisalWithClaimsMakesAPeer() {
    CheckId id = new CheckId("dummy", Stage.PARSE);
    var refused = new Checklist(List.of(id));
    refused.fail(id, "");
    var claims = new Claims(VARIANT, keyHash, new TreeMap<>(), Map.of());
    Appraisal failed = refused.conclude(claims);
    assertThrows(IllegalStateException.class, () -> new AttestedPeer(failed, 1, NOW));
    var accepted = new Checklist(List.of(id));
    accepted.pass(id, "");
    Appraisal silent = accepted.conclude(null);
    assertThrows(IllegalStateException.class, () -> new AttestedPeer(silent, 1, NOW));

    var peer = new AttestedPeer(accepted.conclude(claims), 1, NOW);
    assertTrue(peer.spend());
    assertFalse(peer.spend());
    assertEquals(NOW, peer.since());
  }

  @Test
  void aCertificateIsCheckedOnItsConnectionOrNotAtAll() throws Exception {
    X509Certificate[] chain = chain(DummyEvidence.document(keyHash, nonce));
    PeerCheck check = check(DummyEvidence.verifier(VARIANT));
    for (var manager :
        List.of(
            EvidenceTrustManager.ofServer(check, nonce), EvidenceTrustManager.ofClient(check))) {
      assertThrows(CertificateException.class, () -> manager.checkClientTrusted(chain, "EC"));
      assertThrows(CertificateException.class, () -> manager.checkServerTrusted(chain, "EC"));
      assertThrows(
          CertificateException.class, () -> manager.checkClientTrusted(chain, "EC", (Socket) null));
      assertThrows(
          CertificateException.class, () -> manager.checkServerTrusted(chain, "EC", (Socket) null));
    }
    // A server that asked for nothing takes nothing.
    var unasked = EvidenceTrustManager.ofServer(check, null);
    assertThrows(
        CertificateException.class,
        () -> unasked.checkClientTrusted(chain, "EC", (SSLEngine) null));
    assertEquals(0, unasked.getAcceptedIssuers().length);
    assertEquals(List.of(), heard.verdicts());
  }

  private X509Certificate[] chain(Bytes document) throws Exception {
    return new X509Certificate[] {certificate(document)};
  }
}
