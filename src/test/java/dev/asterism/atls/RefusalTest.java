package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.wire.Bytes;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that must not succeed. */
class RefusalTest extends AtlsFixture {

  @ParameterizedTest(name = "server lies {0}")
  @ValueSource(booleans = {false, true})
  void refusesEvidenceRelayedFromAnotherConnection(boolean serverLies) {
    var stolen = new AtomicReference<Bytes>();
    Issuer honest =
        DummyEvidence.issuer(
            VARIANT,
            (userData, nonce) -> {
              stolen.set(DummyEvidence.document(userData, nonce));
              return stolen.get();
            });
    Issuer thief = DummyEvidence.issuer(VARIANT, (userData, nonce) -> stolen.get());

    try (var first = connect(honest, serverLies)) {
      first.assertConnected();
    }
    try (var second = connect(thief, serverLies)) {
      assertFalse(second.connected());
      var failed = (serverLies ? clientHears : serverHears).verdicts().getLast();
      assertEquals(2, failed.appraisal().with(Outcome.FAILED).size());
    }
  }

  @ParameterizedTest(name = "wrong {0}, server lies {1}")
  @CsvSource({"nonce,false", "nonce,true", "key,false", "key,true"})
  void refusesWhatIsNotBoundToNonceAndKey(String what, boolean serverLies) {
    Issuer liar =
        DummyEvidence.issuer(
            VARIANT,
            (userData, nonce) ->
                what.equals("nonce")
                    ? DummyEvidence.document(userData, other(nonce))
                    : DummyEvidence.document(other(userData), nonce));
    try (var pair = connect(liar, serverLies)) {
      assertFalse(pair.connected());
      String reason =
          (serverLies ? clientHears : serverHears).verdicts().getFirst().appraisal().reason();
      assertTrue(
          reason.startsWith(what.equals("nonce") ? "dummy.nonce" : "dummy.user-data"), reason);
    }
  }

  @Test
  void thePeerOfARefusedCertificateSeesAnAlertAndNoMore() {
    Issuer liar =
        DummyEvidence.issuer(
            VARIANT, (userData, nonce) -> DummyEvidence.document(userData, other(nonce)));
    try (var pair = connect(liar, false)) {
      String seen = String.valueOf(pair.clientFailure());
      assertTrue(seen.contains("BAD_CERTIFICATE"), seen);
      assertFalse(seen.contains("nonce"), seen);
      String logged = String.valueOf(pair.serverFailure().getCause());
      assertTrue(logged.contains("refused: dummy.nonce: expected "), logged);
    }
  }

  @Test
  void anUndecidedVerdictIsNoConnectionAndAnotherAlert() {
    try (var pair =
        shake(
            AtlsClient.context(issuer, null),
            AtlsServer.context(null, serverHears.by(DummyEvidence.undecidedVerifier(VARIANT))))) {
      assertFalse(pair.connected());
      assertTrue(AttestedPeers.of(pair.server.getSession()).isEmpty());
      String seen = String.valueOf(pair.clientFailure());
      assertFalse(seen.contains("BAD_CERTIFICATE"), seen);
      String logged = String.valueOf(pair.serverFailure().getCause());
      assertTrue(logged.contains("undecided: dummy.collateral: the vendor"), logged);
      assertEquals(1, serverHears.verdicts().size());
      assertTrue(serverHears.rejections().isEmpty());
    }
  }

  @Test
  void refusesAClientThatDoesNotAttest() {
    try (var pair =
        shake(AtlsClient.context(null, null), AtlsServer.context(null, serverHears.by(verifier)))) {
      assertFalse(pair.connected());
      assertEquals(
          "no attestation document for 1.3.9900.5.1; extensions: none",
          serverHears.rejections().getFirst().reason());
    }
  }

  @Test
  void namesTheExtensionsOfAnotherVariant() {
    try (var pair =
        shake(
            AtlsClient.context(DummyEvidence.issuer(Variant.QEMU_TDX), null),
            AtlsServer.context(null, serverHears.by(verifier)))) {
      assertFalse(pair.connected());
      assertEquals(
          "no attestation document for 1.3.9900.5.1; extensions: 1.3.9900.5.99",
          serverHears.rejections().getFirst().reason());
    }
  }

  @ParameterizedTest(name = "{0} hours off, verifying {1}")
  @CsvSource({"3,true", "-3,true", "3,false", "-3,false"})
  void refusesCertificatesThatAreNotValidNow(int hours, boolean verifies) {
    InstantSource shifted = () -> InstantSource.system().instant().plusSeconds(hours * 3600L);
    Side other = new Side(issuer, null, shifted, new SecureRandom(), TimeLimit.DEFAULT);
    try (var pair =
        shake(
            AtlsClient.context(null, verification(clientHears, verifies)),
            new AtlsServerContext(other))) {
      assertFalse(pair.connected());
      String logged = String.valueOf(pair.clientFailure().getCause());
      assertTrue(logged.contains("the certificate is valid from"), logged);
      assertEquals(verifies ? 1 : 0, clientHears.rejections().size());
    }
  }

  @Test
  void verifiesAtTheTimeOfTheVerificationsClock() {
    InstantSource late = () -> InstantSource.system().instant().plusSeconds(3 * 3600);
    try (var pair =
        shake(
            AtlsClient.context(null, clientHears.by(verifier, late)),
            AtlsServer.context(issuer, null))) {
      assertFalse(pair.connected());
      assertEquals(1, clientHears.rejections().size());
    }
  }

  @Test
  void takesDocumentsUpToAMebibyteAndNoMore() {
    assertTrue(connectsWithDocumentOf(900_000));
    assertFalse(connectsWithDocumentOf(1_100_000));
  }

  private boolean connectsWithDocumentOf(int length) {
    Issuer verbose =
        DummyEvidence.issuer(
            VARIANT,
            (userData, nonce) -> {
              String document =
                  new String(DummyEvidence.document(userData, nonce).toArray()).replace("}", "");
              return Bytes.ofUtf8(document + ",\"Log\":\"" + "A".repeat(length) + "\"}");
            });
    try (var pair = connect(verbose, false)) {
      return pair.connected();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"QQ==", "no base64"})
  void aServerAttestsOnlyOverANonceOfTheClients(String serverName) {
    try (var pair =
        new EnginePair(
            AtlsClient.context(null, clientHears.by(verifier)), AtlsServer.context(issuer, null))) {
      NativeTls.setServerName(pair.client, serverName);
      assertFalse(pair.shake().connected());
      String logged = String.valueOf(pair.serverFailure().getCause());
      assertTrue(logged.contains("the client sent no nonce"), logged);
    }
    // Who does not attest needs none, only its form.
    try (var pair =
        new EnginePair(AtlsClient.context(null, null), AtlsServer.context(null, null))) {
      NativeTls.setServerName(pair.client, serverName);
      assertEquals(serverName.equals("QQ=="), pair.shake().connected());
    }
  }
}
