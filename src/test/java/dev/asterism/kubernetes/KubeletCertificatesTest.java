package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.testing.ForgedRequests;
import dev.asterism.wire.Bytes;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KubeletCertificatesTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final CertificateAuthority CA =
      CertificateAuthority.create("kubernetes", NOW, NOW.plus(Duration.ofDays(3650)));
  private static final KeyPair PAIR = KeyPairs.ecP256();

  private final KubeletCertificates certificates = new KubeletCertificates(CA, () -> NOW);

  @Test
  void signsSubjectAndAddressesOfTheRequest() throws Exception {
    Bytes csr =
        CertificateRequests.create(
            PAIR, "Worker_1", List.of("worker-1", "kubernetes"), List.of("10.0.0.7", "::1"));
    X509Certificate signed = Pem.certificates("kubelet", certificates.sign(csr)).getFirst();
    signed.verify(CA.certificate().getPublicKey());
    assertEquals(PAIR.getPublic(), signed.getPublicKey());
    assertEquals(
        "CN=system:node:Worker_1,O=system:nodes", signed.getSubjectX500Principal().getName());
    assertEquals(
        List.of(List.of(7, "10.0.0.7"), List.of(7, "0:0:0:0:0:0:0:1")),
        List.copyOf(signed.getSubjectAlternativeNames()));
    assertEquals(NOW.minus(Duration.ofHours(2)), signed.getNotBefore().toInstant());
    assertEquals(NOW.plus(Duration.ofDays(365)), signed.getNotAfter().toInstant());
    assertEquals(-1, signed.getBasicConstraints());
    assertArrayEquals(
        new boolean[] {true, false, true, false, false, false, false, false, false},
        signed.getKeyUsage());
    assertEquals(List.of("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"), signed.getExtendedKeyUsage());
  }

  @Test
  void namesTheNodeAsKubernetesWill() throws Exception {
    Bytes csr = CertificateRequests.create(PAIR, "Worker_1", List.of(), List.of());
    assertEquals("worker-1", KubeletCertificates.nodeName(csr));
  }

  @Test
  void refusesOtherKeys() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    for (KeyPair pair : List.of(generator.generateKeyPair(), rsa())) {
      assertRefused("not on P-256", CertificateRequests.create(pair, "a", List.of(), List.of()));
    }
  }

  @Test
  void refusesAnotherOrganisation() {
    assertRefused("one organisation", request("CN=system:node:a,O=system:masters"));
  }

  @Test
  void refusesASecondOrganisation() {
    assertRefused("one organisation", request("CN=system:node:a,O=system:nodes,O=system:masters"));
    assertRefused("one organisation", request("CN=system:node:a,O=system:nodes+O=system:masters"));
    assertRefused("one organisation", request("CN=system:node:a,O=system:nodes,O=system:nodes"));
  }

  @Test
  void refusesARequestWithoutOrganisation() {
    assertRefused("one organisation", request("CN=system:node:a"));
  }

  @Test
  void refusesAnotherKindOfCommonName() {
    assertRefused("common name must be", request("CN=kubernetes-admin,O=system:nodes"));
    assertRefused("common name must be", request("CN=SYSTEM:NODE:a,O=system:nodes"));
  }

  @Test
  void refusesNoneOrTwoCommonNames() {
    assertRefused("one common name", request("O=system:nodes"));
    assertRefused("one common name", request("CN=system:node:a,CN=system:node:b,O=system:nodes"));
  }

  @Test
  void refusesAnythingElseInTheSubject() {
    assertRefused("nothing beside", request("CN=system:node:a,O=system:nodes,OU=x"));
  }

  @Test
  void refusesANodeNameThatIsNone() {
    assertRefused("node name", request("CN=system:node:,O=system:nodes"));
    assertRefused("node name", request("CN=system:node:../a,O=system:nodes"));
  }

  @Test
  void refusesMoreAddressesThanANodeHas() {
    List<String> many = IntStream.range(0, 65).mapToObj(i -> "10.0.0." + i).toList();
    assertRefused("addresses", CertificateRequests.create(PAIR, "a", List.of(), many));
  }

  @Test
  void refusesWhatIsNoRequest() {
    assertRefused("PKCS#10", Bytes.ofUtf8("hello"));
    assertRefused("PKCS#10", Bytes.EMPTY);
  }

  private static KeyPair rsa() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024); // Too small to be used, large enough to be refused.
    return generator.generateKeyPair();
  }

  private static Bytes request(String subject) {
    return ForgedRequests.withSubject(PAIR, subject);
  }

  private void assertRefused(String part, Bytes csr) {
    String message = assertThrows(CsrException.class, () -> certificates.sign(csr)).getMessage();
    assertTrue(message.contains(part), message);
    assertThrows(CsrException.class, () -> KubeletCertificates.nodeName(csr));
  }
}
