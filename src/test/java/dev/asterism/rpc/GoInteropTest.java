package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Echo;
import dev.asterism.testing.GoPeer;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our connections against a Go peer that behaves as the deployed ones do. */
class GoInteropTest {
  private static final String OID = Variant.QEMU_VTPM.oid();
  private static final byte[] HELLO = "hello from Java".getBytes();

  private final Verdicts heard = new Verdicts();
  private final Echo echo = new Echo();

  private static @Nullable Issuer issuer(boolean attests) {
    return attests ? DummyEvidence.issuer(Variant.QEMU_VTPM) : null;
  }

  private @Nullable PeerVerification verification(boolean verifies) {
    return verifies ? heard.by(DummyEvidence.verifier(Variant.QEMU_VTPM)) : null;
  }

  private static String[] flags(String version, boolean attests, boolean verifies, String lie) {
    var flags = new ArrayList<>(List.of("-tls", version, "-lie", lie));
    if (attests) {
      flags.addAll(List.of("-attest", OID));
    }
    if (verifies) {
      flags.addAll(List.of("-verify", OID));
    }
    return flags.toArray(String[]::new);
  }

  private RpcServer javaServer(@Nullable Issuer issuer, @Nullable PeerVerification peers)
      throws Exception {
    return RpcServer.builder("echo", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .tls(AtlsServer.context(issuer, peers))
        .service(echo)
        .start();
  }

  private static byte[] say(int port, @Nullable Issuer issuer, @Nullable PeerVerification peers) {
    ManagedChannel channel = Channels.open("127.0.0.1:" + port, AtlsClient.context(issuer, peers));
    try {
      return Echo.say(channel, HELLO);
    } finally {
      channel.shutdownNow();
    }
  }

  /** Neither, the server, the client, both; in both versions. */
  @ParameterizedTest(name = "TLS {0}, Go server attests {1}, verifies {2}")
  @CsvSource({
    "1.3,false,false", "1.3,true,false", "1.3,false,true", "1.3,true,true",
    "1.2,false,false", "1.2,true,false", "1.2,false,true", "1.2,true,true",
  })
  void talksToAGoServerInEveryMode(String version, boolean attests, boolean verifies)
      throws Exception {
    try (GoPeer server = GoPeer.server(flags(version, attests, verifies, ""))) {
      byte[] answer = say(server.port(), issuer(verifies), verification(attests));

      assertArrayEquals(HELLO, answer);
      GoPeer.Report report = server.report();
      assertTrue(report.ok(), report.error());
      assertEquals("TLS " + version, report.version());
      assertEquals("h2", report.alpn());
      assertEquals(verifies, report.verified());
      assertEquals(attests ? 1 : 0, heard.verdicts().size());
      assertTrue(heard.verdicts().stream().allMatch(v -> v.appraisal().accepted()));
    }
  }

  @ParameterizedTest(name = "TLS {0}, Go client verifies {1}, attests {2}")
  @CsvSource({
    "1.3,false,false", "1.3,true,false", "1.3,false,true", "1.3,true,true",
    "1.2,false,false", "1.2,true,false", "1.2,false,true", "1.2,true,true",
  })
  void talksToAGoClientInEveryMode(String version, boolean verifies, boolean attests)
      throws Exception {
    try (RpcServer server = javaServer(issuer(verifies), verification(attests));
        GoPeer client = GoPeer.client(server.port(), flags(version, attests, verifies, ""))) {
      GoPeer.Report report = client.report();

      assertTrue(report.ok(), report.error());
      assertEquals("hello from Go", report.echo());
      assertEquals("TLS " + version, report.version());
      assertEquals("h2", report.alpn());
      assertEquals(verifies, report.verified());
      assertEquals(attests, echo.callers().getFirst().attested().isPresent());
    }
  }

  @ParameterizedTest(name = "a Go server with {0}, TLS {2}")
  @CsvSource({
    "wrong-nonce,dummy.nonce,1.3",
    "wrong-nonce,dummy.nonce,1.2",
    "nonce-prefix,dummy.nonce,1.3",
    "other-key,dummy.user-data,1.3",
    "wrong-oid,extensions: 1.3.9900.99.1,1.3",
    "no-extension,extensions: none,1.3",
    "expired,the certificate is valid from,1.3",
    "not-yet-valid,the certificate is valid from,1.3",
    "signed-by-other,not signed by its own key,1.3",
    "two-certificates,'2 certificates, not one',1.3",
    "p384,is not,1.3",
  })
  void refusesALyingGoServer(String lie, String reason, String version) throws Exception {
    try (GoPeer server = GoPeer.server(flags(version, true, false, lie))) {
      int port = server.port();
      assertThrows(StatusRuntimeException.class, () -> say(port, null, verification(true)));

      assertTrue(whatWasHeard().contains(reason), whatWasHeard());
    }
  }

  @ParameterizedTest(name = "a Go client with {0}, TLS {2}")
  @CsvSource({
    "wrong-nonce,dummy.nonce,1.3",
    "wrong-nonce,dummy.nonce,1.2",
    "nonce-prefix,dummy.nonce,1.3",
    "other-key,dummy.user-data,1.3",
    "wrong-oid,extensions: 1.3.9900.99.1,1.3",
    "no-extension,extensions: none,1.3",
    "expired,the certificate is valid from,1.3",
    "not-yet-valid,the certificate is valid from,1.3",
    "signed-by-other,not signed by its own key,1.3",
    "two-certificates,'2 certificates, not one',1.3",
    "p384,is not,1.3",
    "rsa,is not,1.3",
  })
  void refusesALyingGoClient(String lie, String reason, String version) throws Exception {
    try (RpcServer server = javaServer(null, verification(true));
        GoPeer client = GoPeer.client(server.port(), flags(version, true, false, lie))) {
      GoPeer.Report report = client.report();

      assertFalse(report.ok());
      assertFalse(report.error().contains("nonce"), "the peer learns the reason");
      assertEquals(List.of(), echo.callers());
      assertTrue(whatWasHeard().contains(reason), whatWasHeard());
    }
  }

  private String whatWasHeard() {
    return heard.rejections()
        + " "
        + heard.verdicts().stream().map(v -> v.appraisal().with(Outcome.FAILED)).toList();
  }

  @Test
  void refusesEvidenceThatWasFreshOnce() throws Exception {
    try (GoPeer server = GoPeer.server(flags("1.3", true, false, "stale"))) {
      int port = server.port();
      assertArrayEquals(HELLO, say(port, null, verification(true)));
      assertThrows(StatusRuntimeException.class, () -> say(port, null, verification(true)));
    }
  }

  @ParameterizedTest
  @CsvSource({"no-authority", "two-authorities", "authority-not-base64", "authority-short"})
  void doesNotAnswerAServerThatSendsNoNonce(String lie) throws Exception {
    try (GoPeer server = GoPeer.server(flags("1.3", false, true, lie))) {
      int port = server.port();
      assertThrows(StatusRuntimeException.class, () -> say(port, issuer(true), null));
    }
  }

  @ParameterizedTest(name = "{0}, server attests {1}")
  @CsvSource({
    "no-server-name,true,false",
    "no-server-name,false,true",
    "server-name-short,true,false",
    "server-name-short,false,true",
    "server-name-not-base64,true,false",
    "server-name-not-base64,false,false",
    "server-name-unpadded,true,false",
    "server-name-unpadded,false,false",
    "no-alpn,false,false",
    "only-http1,false,false",
  })
  void holdsGoClientsToTheForm(String lie, boolean attests, boolean served) throws Exception {
    var asked = new AtomicInteger();
    Issuer counting =
        DummyEvidence.issuer(
            Variant.QEMU_VTPM,
            (userData, nonce) -> {
              asked.incrementAndGet();
              return DummyEvidence.document(userData, nonce);
            });
    try (RpcServer server = javaServer(attests ? counting : null, null);
        GoPeer client = GoPeer.client(server.port(), flags("1.3", false, attests, lie))) {
      GoPeer.Report report = client.report();

      assertEquals(served, report.ok(), report.error());
      assertEquals(0, asked.get(), "a quote for nobody");
      assertEquals(served ? 1 : 0, echo.callers().size());
    }
  }

  @Test
  void refusesAGoClientWithoutACertificate() throws Exception {
    try (RpcServer server = javaServer(null, verification(true));
        GoPeer client = GoPeer.client(server.port(), flags("1.3", true, false, "no-certificate"))) {
      assertFalse(client.report().ok());
      assertEquals(List.of(), echo.callers());
    }
  }

  @ParameterizedTest
  @CsvSource({"1.2", "1.3"})
  void neverResumesASession(String version) throws Exception {
    var flags = new ArrayList<>(List.of(flags(version, true, true, "")));
    flags.addAll(List.of("-calls", "3"));
    try (RpcServer server = javaServer(issuer(true), verification(true));
        GoPeer client = GoPeer.client(server.port(), flags.toArray(String[]::new))) {
      for (int i = 1; i <= 3; i++) {
        GoPeer.Report report = client.report();
        assertTrue(report.ok(), report.error());
        assertFalse(report.resumed());
        assertEquals(0, report.tickets());
        assertEquals(i, heard.verdicts().size());
      }
    }
  }

  @Test
  void takesEvidenceAsLargeAsAGoPeerSends() throws Exception {
    try (RpcServer server = javaServer(null, verification(true));
        GoPeer client = GoPeer.client(server.port(), flags("1.3", true, false, "large"))) {
      GoPeer.Report report = client.report();
      assertTrue(report.ok(), report.error());
    }
  }

  @ParameterizedTest(name = "wrong {0}")
  @CsvSource({"nonce", "key"})
  void theGoPeerRefusesOurLiesToo(String what) throws Exception {
    Issuer liar =
        DummyEvidence.issuer(
            Variant.QEMU_VTPM,
            (userData, nonce) ->
                what.equals("nonce")
                    ? DummyEvidence.document(userData, Bytes.zeros(32))
                    : DummyEvidence.document(Bytes.zeros(32), nonce));
    try (GoPeer server = GoPeer.server(flags("1.3", false, true, ""))) {
      int port = server.port();
      assertThrows(StatusRuntimeException.class, () -> say(port, liar, null));
      assertEquals("evidence over another " + what, server.report().error());
    }
  }

  @Test
  void aClientWithoutAnIssuerStillPresentsACertificate() throws Exception {
    try (GoPeer server = GoPeer.server(flags("1.3", false, true, ""))) {
      int port = server.port();
      assertThrows(StatusRuntimeException.class, () -> say(port, null, null));
      assertTrue(server.report().error().startsWith("not exactly one non-critical extension"));
    }
  }
}
