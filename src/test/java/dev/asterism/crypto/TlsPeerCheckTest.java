package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority.Request;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.testing.TestAuthority;
import dev.asterism.wire.Bytes;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsPeerCheckTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final TestAuthority authority = new TestAuthority(NOW);
  private final X509Certificate client = authority.issue("CN=join-service", Usage.CLIENT);
  private final X509Certificate server = authority.issue("CN=key-service", Usage.SERVER);

  @Test
  void takesAClientOfTheAuthorityNow() {
    assertDoesNotThrow(() -> checkClient(client, NOW));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost", "localhost.", "127.0.0.1", "::1", "0:0:0::1"})
  void takesAServerByAnyOfItsNames(String host) {
    assertDoesNotThrow(() -> checkServer(server, host));
  }

  @Test
  void refusesAnotherAuthorityOfTheSameName() {
    var stranger = new TestAuthority(NOW).issue("CN=join-service", Usage.CLIENT);
    assertClientRefused(stranger, NOW, "no issuer that signed it");
  }

  @Test
  void refusesACertificateThatSignsItself() {
    var pair = KeyPairs.ecP256();
    Request request = authority.request(pair.getPublic(), "CN=x", Usage.CLIENT);
    X509Certificate own =
        CertificateBuilder.sign(
            request, Names.subject("CN=x"), pair.getPublic(), pair.getPrivate());
    assertClientRefused(own, NOW, "not trusted");
  }

  @Test
  void refusesACertificateBeforeAndAfterItsTime() {
    assertClientRefused(client, NOW.plus(TestAuthority.DAY).plusSeconds(1), "is valid from");
    assertClientRefused(client, NOW.minus(TestAuthority.DAY).minusSeconds(1), "is valid from");
    assertDoesNotThrow(() -> checkClient(client, NOW.plus(TestAuthority.DAY)));
  }

  @Test
  void refusesAServersCertificateOfAClientAndTheOtherWayRound() {
    assertClientRefused(authority.issue("CN=join-service", Usage.SERVER), NOW, "clientAuth");
    var refusal = assertThrows(CertificateException.class, () -> checkServer(client, "localhost"));
    assertTrue(refusal.getMessage().contains("serverAuth"), refusal.getMessage());
  }

  @Test
  void refusesACertificateThatIsForSomethingElse() {
    assertClientRefused(
        authority.issue("CN=join-service", Usage.ATTESTATION_KEY), NOW, "clientAuth");
  }

  @Test
  void refusesTheAuthorityItselfAsAPeer() {
    assertClientRefused(authority.certificate(), NOW, "an authority's");
  }

  @Test
  void anAuthorityBelowWhichThereIsNoneIsOne() throws Exception {
    var last = LastAuthority.certificate(KeyPairs.ecP256(), NOW, NOW.plusSeconds(9));
    assertEquals(
        Optional.of("is an authority's"),
        TlsPeerCheck.fault(last, TlsIdentity.Purpose.CLIENT, NOW));
  }

  @ParameterizedTest
  @ValueSource(strings = {"O=join-service", "CN=a,CN=b", "CN=a b", "CN=join-service\\,x", "CN=ä"})
  void refusesAClientThatNamesNoCaller(String subject) {
    assertClientRefused(authority.issue(subject, Usage.CLIENT), NOW, "does not name its caller");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"key-service", "localhost.example", "ocalhost", "127.0.0.2", "127.0.0.1.", ""})
  void refusesAServerUnderAnotherName(String host) {
    var refusal = assertThrows(CertificateException.class, () -> checkServer(server, host));
    assertTrue(refusal.getMessage().contains("does not name"), refusal.getMessage());
  }

  @Test
  void takesNoWildcardForAName() {
    X509Certificate wild = serverNamed("*.kube-system");
    assertThrows(CertificateException.class, () -> checkServer(wild, "key-service.kube-system"));
  }

  @Test
  void anAddressWrittenAsADnsNameIsNoAddress() {
    X509Certificate text = serverNamed("127.0.0.1");
    assertThrows(CertificateException.class, () -> checkServer(text, "127.0.0.1"));
  }

  @Test
  void aNameOfAnotherKindIsNoHostsName() throws Exception {
    var pair = PssAuthority.newKey(2048);
    PssAuthority vendor = PssAuthority.root(pair, plain(pair.getPublic(), true, Map.of()));
    Bytes other = Der.tlv(0xa0, Der.oid("1.2.3"), Der.tlv(0xa0, text(0x0c, "localhost")));
    Bytes mail = text(0x81, "localhost");
    Bytes dns = text(0x82, "localhost");
    for (Bytes names : List.of(other, mail, Der.tlv(0x87, Bytes.of(new byte[] {127, 0, 0, 1})))) {
      assertFalse(CertificateNames.isServer(named(vendor, names), "localhost"));
    }
    assertFalse(CertificateNames.isServer(named(vendor, text(0x81, "127.0.0.1")), "127.0.0.1"));
    assertTrue(
        CertificateNames.isServer(named(vendor, Bytes.concat(other, mail, dns)), "localhost"));
  }

  private static Bytes text(int tag, String text) {
    return Der.tlv(tag, Bytes.ofUtf8(text));
  }

  private static X509Certificate named(PssAuthority vendor, Bytes names) {
    var key = KeyPairs.ecP256().getPublic();
    return vendor.issue(plain(key, false, Map.of("2.5.29.17", Der.tlv(Der.SEQUENCE, names))));
  }

  private X509Certificate serverNamed(String dnsName) {
    Request good = authority.request(KeyPairs.ecP256().getPublic(), "CN=s", Usage.SERVER);
    return authority.issue(
        new Request(
            good.key(),
            good.subject(),
            good.notBefore(),
            good.notAfter(),
            good.usage(),
            List.of(dnsName),
            List.of()));
  }

  @Test
  void refusesNoCertificateAndTooMany() {
    assertThrows(
        CertificateException.class,
        () -> TlsPeerCheck.client(List.of(), List.of(authority.certificate()), NOW));
    assertThrows(
        CertificateException.class,
        () ->
            TlsPeerCheck.client(
                Collections.nCopies(9, client), List.of(authority.certificate()), NOW));
  }

  @Test
  void takesAsManyAsAChainMayHave() {
    assertDoesNotThrow(() ->
        TlsPeerCheck.client(Collections.nCopies(8, client), List.of(authority.certificate()), NOW));
  }

  @Test
  void wantsAKeyThatMaySignAndAPurposeThatIsNamed() throws Exception {
    var pair = PssAuthority.newKey(2048);
    PssAuthority vendor = PssAuthority.root(pair, plain(pair.getPublic(), true, Map.of()));
    List<X509Certificate> trusted = List.of(vendor.certificate());
    String usage = "2.5.29.15";
    String purposes = "2.5.29.37";
    Bytes client = Bytes.ofHex("purposes", "300a06082b06010505070302");
    var key = KeyPairs.ecP256().getPublic();
    for (Map<String, Bytes> good :
        List.of(
            Map.of(purposes, client),
            // digitalSignature
            Map.of(purposes, client, usage, Bytes.ofHex("usage", "03020780")))) {
      X509Certificate leaf = vendor.issue(plain(key, false, good));
      assertDoesNotThrow(() -> TlsPeerCheck.client(List.of(leaf), trusted, NOW));
    }
    for (Map<String, Bytes> bad :
        List.of(
            Map.<String, Bytes>of(),
            // keyEncipherment
            Map.of(purposes, client, usage, Bytes.ofHex("usage", "03020520")))) {
      X509Certificate leaf = vendor.issue(plain(key, false, bad));
      assertThrows(
          CertificateException.class, () -> TlsPeerCheck.client(List.of(leaf), trusted, NOW));
    }
    X509Certificate above = vendor.issue(plain(key, true, Map.of(purposes, client)));
    assertThrows(
        CertificateException.class, () -> TlsPeerCheck.client(List.of(above), trusted, NOW));
  }

  private static PssAuthority.Request plain(
      java.security.PublicKey key, boolean authority, Map<String, Bytes> extensions) {
    return new PssAuthority.Request(
        key,
        "CN=caller",
        java.math.BigInteger.TEN,
        NOW.minus(TestAuthority.DAY),
        NOW.plus(TestAuthority.DAY),
        authority,
        extensions);
  }

  private void checkClient(X509Certificate certificate, Instant at) throws CertificateException {
    TlsPeerCheck.client(List.of(certificate), List.of(authority.certificate()), at);
  }

  private void checkServer(X509Certificate certificate, String host) throws CertificateException {
    TlsPeerCheck.server(List.of(certificate), List.of(authority.certificate()), host, NOW);
  }

  private void assertClientRefused(X509Certificate certificate, Instant at, String why) {
    var refusal = assertThrows(CertificateException.class, () -> checkClient(certificate, at));
    assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
  }
}
