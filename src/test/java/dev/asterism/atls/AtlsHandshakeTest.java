package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AtlsHandshakeTest {
  private static final Variant VARIANT = Variant.QEMU_VTPM;

  private final Issuer issuer = DummyEvidence.issuer(VARIANT);
  private final Verifier verifier = DummyEvidence.verifier(VARIANT);
  private final Verdicts clientHears = new Verdicts();
  private final Verdicts serverHears = new Verdicts();

  private static EnginePair shake(SslContext client, SslContext server) {
    return new EnginePair(client, server).shake();
  }

  private @Nullable Issuer issuer(boolean attests) {
    return attests ? issuer : null;
  }

  private @Nullable PeerVerification verification(Verdicts heard, boolean verifies) {
    return verifies ? heard.by(verifier) : null;
  }

  @ParameterizedTest(name = "{0}, server attests {1}, client attests {2}")
  @CsvSource({
    "TLSv1.3,false,false", "TLSv1.3,true,false", "TLSv1.3,false,true", "TLSv1.3,true,true",
    "TLSv1.2,false,false", "TLSv1.2,true,false", "TLSv1.2,false,true", "TLSv1.2,true,true",
  })
  void eachSideKnowsWhomItVerified(String version, boolean server, boolean client) {
    try (var pair =
        new EnginePair(
                AtlsClient.context(issuer(client), verification(clientHears, server)),
                AtlsServer.context(issuer(server), verification(serverHears, client)))
            .version(version)
            .shake()) {
      pair.assertConnected();

      assertEquals(version, pair.server.getSession().getProtocol());
      assertEquals(server, AttestedPeers.of(pair.client.getSession()).isPresent());
      assertEquals(client, AttestedPeers.of(pair.server.getSession()).isPresent());
      assertEquals(server ? 1 : 0, clientHears.verdicts().size());
      assertEquals(client ? 1 : 0, serverHears.verdicts().size());
    }
  }

  @Test
  void theListenerLearnsAddressVerdictAndGeneration() {
    try (var pair =
        shake(
            AtlsClient.context(issuer, clientHears.by(verifier)),
            AtlsServer.context(issuer, serverHears.by(verifier)))) {
      pair.assertConnected();

      Verdicts.Verdict atServer = serverHears.verdicts().getFirst();
      assertEquals("10.0.0.7:2", atServer.peerAddress());
      assertTrue(atServer.appraisal().accepted());
      assertEquals(7, atServer.generation());
      assertEquals("server.example:1", clientHears.verdicts().getFirst().peerAddress());
      AttestedPeer peer = AttestedPeers.of(pair.server.getSession()).orElseThrow();
      assertSame(atServer.appraisal(), peer.appraisal());
      assertEquals(7, peer.generation());
    }
  }

  @Test
  void everyConnectionHasItsOwnKeysAndNonces() throws Exception {
    Set<Bytes> nonces = ConcurrentHashMap.newKeySet();
    Set<Object> keys = new HashSet<>();
    Issuer recording =
        DummyEvidence.issuer(
            VARIANT,
            (userData, nonce) -> {
              assertEquals(32, nonce.length());
              assertTrue(nonces.add(nonce), "a nonce came twice");
              return DummyEvidence.document(userData, nonce);
            });
    SslContext client = AtlsClient.context(recording, clientHears.by(verifier));
    SslContext server = AtlsServer.context(recording, serverHears.by(verifier));

    for (int i = 0; i < 20; i++) {
      try (var pair = shake(client, server)) {
        pair.assertConnected();
        for (SSLSession session : List.of(pair.client.getSession(), pair.server.getSession())) {
          var certificate = (X509Certificate) session.getPeerCertificates()[0];
          assertTrue(keys.add(certificate.getPublicKey()), "a key came twice");
        }
      }
    }
    assertEquals(40, nonces.size());
    assertEquals(40, keys.size());
  }

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

  /** Only one side attests, and only the other verifies. */
  private EnginePair connect(Issuer attester, boolean server) {
    return server
        ? shake(
            AtlsClient.context(null, clientHears.by(verifier)), AtlsServer.context(attester, null))
        : shake(
            AtlsClient.context(attester, null), AtlsServer.context(null, serverHears.by(verifier)));
  }

  private static Bytes other(Bytes value) {
    byte[] changed = value.toArray();
    changed[changed.length - 1] ^= 1;
    return Bytes.of(changed);
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
  void aReloadedPolicyCountsForTheNextConnection() {
    var policy = new AtomicReference<>(new Versioned<>(verifier, 1));
    SslContext client = AtlsClient.context(issuer, null);
    SslContext server =
        AtlsServer.context(
            null, new PeerVerification(policy::get, InstantSource.system(), serverHears));

    try (var pair = shake(client, server)) {
      pair.assertConnected();
    }
    policy.set(new Versioned<>(DummyEvidence.verifier(Variant.AZURE_TDX), 2));
    try (var pair = shake(client, server)) {
      assertFalse(pair.connected());
    }
    policy.set(new Versioned<>(verifier, 3));
    try (var pair = shake(client, server)) {
      pair.assertConnected();
    }
    assertEquals(
        List.of(1L, 3L),
        serverHears.verdicts().stream().map(Verdicts.Verdict::generation).toList());
  }

  @Test
  void aVerifierThatBreaksRefuses() {
    Verifier broken =
        new Verifier() {
          @Override
          public Variant variant() {
            return VARIANT;
          }

          @Override
          public Appraisal verify(Bytes document, Challenge challenge) {
            throw new IllegalStateException("a bug");
          }
        };
    try (var pair =
        shake(AtlsClient.context(issuer, null), AtlsServer.context(null, serverHears.by(broken)))) {
      assertFalse(pair.connected());
      assertEquals("verification failed: a bug", serverHears.rejections().getFirst().reason());
    }
  }

  @Test
  void aVerdictThatCannotBeRecordedIsNoConnection() {
    PeerVerification.Listener full =
        new PeerVerification.Listener() {
          @Override
          public void appraised(String peer, Appraisal appraisal, long generation) {
            throw new IllegalStateException("disk full");
          }

          @Override
          public void rejected(String peer, String reason) {}
        };
    var verification =
        new PeerVerification(() -> new Versioned<>(verifier, 1), InstantSource.system(), full);
    try (var pair =
        shake(AtlsClient.context(issuer, null), AtlsServer.context(null, verification))) {
      assertFalse(pair.connected());
      assertTrue(AttestedPeers.of(pair.server.getSession()).isEmpty());
    }
  }

  @Test
  void anotherSessionsPeerProvesNothing() {
    try (var attested =
            shake(
                AtlsClient.context(issuer, null),
                AtlsServer.context(null, serverHears.by(verifier)));
        var plain = shake(AtlsClient.context(null, null), AtlsServer.context(null, null))) {
      SSLSession from = attested.server.getSession();
      SSLSession to = plain.server.getSession();
      for (String name : from.getValueNames()) {
        to.putValue(name, from.getValue(name));
      }

      assertTrue(AttestedPeers.of(from).isPresent());
      assertTrue(to.getValueNames().length > 0);
      assertTrue(AttestedPeers.of(to).isEmpty());
    }
  }

  @Test
  void verificationsDoNotWaitForEachOther() throws Exception {
    int connections = 8;
    var together = new CyclicBarrier(connections);
    Verifier waiting =
        new Verifier() {
          @Override
          public Variant variant() {
            return VARIANT;
          }

          @Override
          public Appraisal verify(Bytes document, Challenge challenge) {
            try {
              together.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new IllegalStateException("the others did not get here", e);
            }
            return verifier.verify(document, challenge);
          }
        };
    SslContext client = AtlsClient.context(issuer, null);
    SslContext server = AtlsServer.context(null, serverHears.by(waiting));
    try (var threads = Executors.newFixedThreadPool(connections)) {
      var results = new ArrayList<Future<Boolean>>();
      for (int i = 0; i < connections; i++) {
        results.add(
            threads.submit(() -> {
              try (var pair = shake(client, server)) {
                return pair.connected();
              }
            }));
      }
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aSecondConnectionIsAFullHandshake(String version) {
    SslContext client = AtlsClient.context(null, clientHears.by(verifier));
    SslContext server = AtlsServer.context(issuer, null);
    byte[] firstId;
    try (var first = new EnginePair(client, server).version(version).shake()) {
      first.assertConnected();
      firstId = first.client.getSession().getId();
    }
    try (var second = new EnginePair(client, server).version(version).shake()) {
      second.assertConnected();

      assertFalse(NativeState.resumed(second.client));
      assertFalse(NativeState.resumed(second.server));
      if (firstId.length > 0) {
        assertNotEquals(Bytes.of(firstId), Bytes.of(second.client.getSession().getId()));
      }
      assertEquals(2, clientHears.verdicts().size());
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
}
