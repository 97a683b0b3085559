package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.GoPeer;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our connections against a Go peer that does one thing wrong. */
class LyingGoPeerTest extends GoFixture {

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
}
