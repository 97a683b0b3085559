package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Versioned;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What both sides know of each other when a handshake succeeds. */
class ConnectionTest extends AtlsFixture {

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
}
