package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority.Request;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateAuthorityTest {
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant TO = FROM.plusSeconds(3600);
  private static final CertificateAuthority CA =
      CertificateAuthority.create("kubernetes", FROM, TO);
  private static final KeyPair LEAF = CertificateAuthority.newKeyPair();

  @Test
  void makesASelfSignedP256Authority() throws Exception {
    X509Certificate own = CA.certificate();
    own.verify(own.getPublicKey());
    assertEquals("CN=kubernetes", own.getSubjectX500Principal().getName());
    assertEquals(Integer.MAX_VALUE, own.getBasicConstraints());
    assertTrue(own.getKeyUsage()[5], "keyCertSign");
    assertEquals(256, ((ECPublicKey) own.getPublicKey()).getParams().getOrder().bitLength());
    assertEquals(FROM, own.getNotBefore().toInstant());
    assertEquals(TO, own.getNotAfter().toInstant());
  }

  @Test
  void issuesAKubeletCertificate() throws Exception {
    X509Certificate leaf =
        CA.issue(
            new Request(
                LEAF.getPublic(),
                "CN=system:node:a,O=system:nodes",
                FROM,
                TO,
                Usage.KUBELET,
                List.of(),
                List.of("10.0.0.1", "fd00::1")));
    leaf.verify(CA.certificate().getPublicKey());
    assertEquals("CN=system:node:a,O=system:nodes", leaf.getSubjectX500Principal().getName());
    assertEquals(CA.certificate().getSubjectX500Principal(), leaf.getIssuerX500Principal());
    assertEquals(-1, leaf.getBasicConstraints());
    assertTrue(leaf.getCriticalExtensionOIDs().contains("2.5.29.19"), "CA:false is said");
    assertArrayEquals(
        new boolean[] {true, false, true, false, false, false, false, false, false},
        leaf.getKeyUsage());
    assertEquals(List.of("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"), leaf.getExtendedKeyUsage());
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    assertEquals(
        List.of(List.of(7, "10.0.0.1"), List.of(7, "fd00:0:0:0:0:0:0:1")), List.copyOf(names));
  }

  @Test
  void leavesTheAlternativeNamesOutWhereThereAreNone() throws Exception {
    assertNull(issue(Usage.CLIENT, List.of()).getSubjectAlternativeNames());
  }

  @Test
  void givesEachUsageItsOwnPurposes() throws Exception {
    assertEquals(
        List.of("1.3.6.1.5.5.7.3.2"), issue(Usage.CLIENT, List.of()).getExtendedKeyUsage());
    assertEquals(
        List.of("1.3.6.1.5.5.7.3.1"), issue(Usage.SERVER, List.of("a")).getExtendedKeyUsage());
    assertEquals(
        List.of("2.23.133.8.3"), issue(Usage.ATTESTATION_KEY, List.of()).getExtendedKeyUsage());
    assertNull(issue(Usage.CA, List.of()).getExtendedKeyUsage());
    assertEquals(Integer.MAX_VALUE, issue(Usage.CA, List.of()).getBasicConstraints());
  }

  @Test
  void neverRepeatsASerialNumber() {
    assertNotEquals(
        issue(Usage.CLIENT, List.of()).getSerialNumber(),
        issue(Usage.CLIENT, List.of()).getSerialNumber());
  }

  @Test
  void linksLeafAndAuthorityByKeyIdentifier() {
    byte[] authority = CA.certificate().getExtensionValue("2.5.29.14");
    byte[] issuer = issue(Usage.CLIENT, List.of()).getExtensionValue("2.5.29.35");
    String tail = new java.math.BigInteger(1, authority).toString(16).substring(8);
    assertTrue(new java.math.BigInteger(1, issuer).toString(16).endsWith(tail));
  }

  @Test
  void neverLooksAHostNameUp() {
    var request =
        new Request(
            LEAF.getPublic(), "CN=a", FROM, TO, Usage.SERVER, List.of(), List.of("localhost"));
    assertThrows(IllegalArgumentException.class, () -> CA.issue(request));
  }

  @Test
  void refusesAHostNameThatIsNone() {
    assertThrows(IllegalArgumentException.class, () -> issue(Usage.SERVER, List.of("a b")));
  }

  @Test
  void loadsWhatItSaved() throws Exception {
    var loaded = CertificateAuthority.load(CA.certificatePem(), CA.privateKeyPem());
    assertEquals(CA.certificate(), loaded.certificate());
    loaded
        .issue(new Request(LEAF.getPublic(), "CN=a", FROM, TO, Usage.CLIENT, List.of(), List.of()))
        .verify(CA.certificate().getPublicKey());
  }

  @Test
  void worksWithTheAuthoritiesThatKubeadmAndAdminsMake() throws Exception {
    for (String algorithm : Set.of("RSA", "Ed25519")) {
      KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
      X509Certificate certificate =
          CA.issue(
              new Request(pair.getPublic(), "CN=rsa", FROM, TO, Usage.CA, List.of(), List.of()));
      var loaded =
          CertificateAuthority.load(Pem.encode(certificate), Pem.encode(pair.getPrivate()));
      loaded
          .issue(
              new Request(LEAF.getPublic(), "CN=a", FROM, TO, Usage.CLIENT, List.of(), List.of()))
          .verify(pair.getPublic());
    }
  }

  @ParameterizedTest
  @CsvSource({"secp256r1, 256", "secp384r1, 384", "secp521r1, 512"})
  void signsWithAHashAsLongAsItsKey(String curve, int hash) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    assertEquals(
        "SHA" + hash + "withECDSA",
        CertificateAuthority.signatureAlgorithm(generator.generateKeyPair().getPrivate()));
  }

  @Test
  void aKeyOfAnotherKindIsNotACertificates() throws Exception {
    var rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    assertFalse(CertificateAuthority.belongTogether(LEAF.getPublic(), rsa.getPrivate()));
    assertTrue(CertificateAuthority.belongTogether(rsa.getPublic(), rsa.getPrivate()));
  }

  @Test
  void refusesAKeyOfAnotherAuthority() {
    var other = CertificateAuthority.create("kubernetes", FROM, TO);
    var error =
        assertThrows(
            MalformedException.class,
            () -> CertificateAuthority.load(CA.certificatePem(), other.privateKeyPem()));
    assertEquals("CA key: is not the key of the CA certificate", error.getMessage());
    assertThrows(
        SignatureException.class,
        () -> CA.certificate().verify(other.certificate().getPublicKey()));
  }

  @Test
  void loadsAnAuthorityBelowWhichThereIsNone() throws Exception {
    X509Certificate last = LastAuthority.certificate(LEAF, FROM, TO);
    assertEquals(
        last,
        CertificateAuthority.load(Pem.encode(last), Pem.encode(LEAF.getPrivate())).certificate());
  }

  @Test
  void refusesACertificateThatMaySignNothing() {
    String leaf = Pem.encode(issue(Usage.CLIENT, List.of()));
    var error =
        assertThrows(
            MalformedException.class,
            () -> CertificateAuthority.load(leaf, Pem.encode(LEAF.getPrivate())));
    assertTrue(error.getMessage().contains("CA:false"), error.getMessage());
  }

  private static X509Certificate issue(Usage usage, List<String> dnsNames) {
    return CA.issue(new Request(LEAF.getPublic(), "CN=leaf", FROM, TO, usage, dnsNames, List.of()));
  }
}
