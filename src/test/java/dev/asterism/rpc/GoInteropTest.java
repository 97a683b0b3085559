package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.GoPeer;
import dev.asterism.wire.Bytes;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our connections against a Go peer that behaves as the deployed ones do. */
class GoInteropTest extends GoFixture {

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
