package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.TlsIdentity.Purpose;
import dev.asterism.crypto.TlsIdentity.Source;
import dev.asterism.testing.TestAuthority;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsIdentityTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final TestAuthority authority = new TestAuthority(NOW);
  private final TlsIdentity good = authority.identity("key-service", Usage.SERVER);
  private final Source certificate = pem("tls.crt", Pem.encode(good.chain().getFirst()));
  private final Source key = new Source("tls.key", Pem.encode(good.key()).use(Bytes::of));
  private final Source ca = pem("ca.crt", Pem.encode(authority.certificate()));

  @Test
  void readsWhatBelongsTogether() throws Exception {
    TlsIdentity read = TlsIdentity.parse(certificate, key, ca, Purpose.SERVER, NOW);
    assertEquals(good.chain(), read.chain());
    assertEquals(good.authorities(), read.authorities());
  }

  @Test
  void isValidFromItsFirstToItsLastMoment() throws Exception {
    Instant first = good.chain().getFirst().getNotBefore().toInstant();
    Instant last = good.chain().getFirst().getNotAfter().toInstant();
    for (Instant at : List.of(first, last)) {
      assertEquals(
          good.chain(), TlsIdentity.parse(certificate, key, ca, Purpose.SERVER, at).chain());
    }
    assertRefused("tls.crt", "valid from", certificate, key, ca, first.minusSeconds(1));
    assertRefused("tls.crt", "valid from", certificate, key, ca, last.plusSeconds(1));
  }

  @Test
  void showsNoKey() {
    String base64 = Bytes.of(good.key().getEncoded()).base64();
    assertFalse((good + " " + key).contains(base64.substring(40, 80)));
    assertEquals("TlsIdentity[CN=key-service]", good.toString());
    assertFalse(key.toString().contains(key.pem().hex().substring(200, 240)));
  }

  @Test
  void refusesAnotherCertificatesKey() {
    var other = authority.identity("key-service", Usage.SERVER).key();
    var theirs = new Source("tls.key", Pem.encode(other).use(Bytes::of));
    assertRefused("tls.key", "is not the key of", certificate, theirs, ca, NOW);
  }

  @Test
  void refusesACertificateThatWouldConvinceNobody() {
    assertRefused(
        "tls.crt", "valid from", certificate, key, ca, NOW.plus(TestAuthority.DAY.multipliedBy(2)));
    TlsIdentity client = authority.identity("join-service", Usage.CLIENT);
    assertRefused(
        "tls.crt",
        "serverAuth",
        pem("tls.crt", Pem.encode(client.chain().getFirst())),
        new Source("tls.key", Pem.encode(client.key()).use(Bytes::of)),
        ca,
        NOW);
  }

  @Test
  void takesAnAuthorityBelowWhichThereIsNone() throws Exception {
    var last = LastAuthority.certificate(KeyPairs.ecP256(), NOW, NOW.plusSeconds(9));
    TlsIdentity read =
        TlsIdentity.parse(certificate, key, pem("ca.crt", Pem.encode(last)), Purpose.SERVER, NOW);
    assertEquals(List.of(last), read.authorities());
  }

  @Test
  void refusesAuthoritiesThatAreNone() {
    assertRefused(
        "ca.crt", "may not sign", certificate, key, pem("ca.crt", text(certificate)), NOW);
    assertRefused("ca.crt", "no PEM block", certificate, key, pem("ca.crt", ""), NOW);
  }

  @Test
  void namesTheFileThatIsNoPem() {
    assertRefused("tls.crt", "no PEM block", pem("tls.crt", "x"), key, ca, NOW);
    assertRefused("tls.key", "no PEM block", certificate, pem("tls.key", "x"), ca, NOW);
  }

  private static String text(Source source) {
    return new String(source.pem().toArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static Source pem(String name, String text) {
    return new Source(name, Bytes.ofUtf8(text));
  }

  private static void assertRefused(
      String field, String why, Source certificate, Source key, Source ca, Instant now) {
    var refusal =
        assertThrows(
            MalformedException.class,
            () -> TlsIdentity.parse(certificate, key, ca, Purpose.SERVER, now));
    assertEquals(field, refusal.field());
    assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
  }
}
