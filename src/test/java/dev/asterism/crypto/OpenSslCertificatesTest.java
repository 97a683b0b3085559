package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.crypto.CertificateAuthority.Request;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.CertificateRequests.Parsed;
import dev.asterism.testing.Tools;
import dev.asterism.testing.Tools.Outcome;
import dev.asterism.wire.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What OpenSSL writes we read, and what we write OpenSSL accepts. */
class OpenSslCertificatesTest {
  @TempDir private Path folder;

  @BeforeEach
  void needsOpenSsl() {
    assumeTrue(Tools.isInstalled("openssl"), "openssl is not installed");
  }

  @Test
  void readsARequestOfOpenSsl() throws Exception {
    openssl(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -outform DER"
            + " -out csr.der -subj /O=system:nodes/CN=system:node:worker-1"
            + " -addext subjectAltName=IP:10.0.0.7,DNS:worker-1");
    Parsed parsed = CertificateRequests.parse(Bytes.of(Files.readAllBytes(file("csr.der"))));
    assertEquals("CN=system:node:worker-1,O=system:nodes", parsed.subject());
    assertEquals(List.of("10.0.0.7"), parsed.ipAddresses());
    assertEquals(List.of("worker-1"), parsed.dnsNames());
    assertTrue(parsed.p256());
  }

  @Test
  void readsAnAuthorityOfOpenSsl() throws Exception {
    for (String algorithm : List.of("rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-384")) {
      openssl(
          "req -x509 -newkey "
              + algorithm
              + " -nodes -keyout key.pem -out ca.pem -subj /CN=kubernetes -days 1 -addext"
              + " keyUsage=critical,keyCertSign");
      CertificateAuthority ca =
          CertificateAuthority.load(
              Files.readString(file("ca.pem")), Secret.copyOf(Files.readAllBytes(file("key.pem"))));
      verifies(ca, Files.readString(file("ca.pem")));
    }
  }

  @Test
  void writesRequestsThatOpenSslVerifies() throws Exception {
    Bytes csr =
        CertificateRequests.create(
            KeyPairs.ecP256(), "worker-1", List.of("worker-1"), List.of("10.0.0.7"));
    Files.write(file("csr.der"), csr.toArray());
    String said = openssl("req -in csr.der -inform DER -noout -verify -subject");
    assertTrue(said.contains("verify OK"), said);
  }

  @Test
  void writesChainsThatOpenSslVerifies() throws Exception {
    Instant now = Instant.now();
    CertificateAuthority ca =
        CertificateAuthority.create(
            "kubernetes", now.minusSeconds(60), now.plus(Duration.ofDays(1)));
    verifies(ca, ca.certificatePem());
    try (Secret key = ca.privateKeyPem()) {
      Files.write(file("key.pem"), key.expose());
    }
    String said = openssl("pkey -in key.pem -noout -check");
    assertTrue(said.contains("valid"), said);
  }

  private void verifies(CertificateAuthority ca, String pem) throws Exception {
    Instant now = Instant.now();
    var leaf =
        ca.issue(
            new Request(
                KeyPairs.ecP256().getPublic(),
                "CN=system:node:a,O=system:nodes",
                now.minusSeconds(60),
                now.plusSeconds(3600),
                Usage.KUBELET,
                List.of(),
                List.of("10.0.0.7")));
    Files.writeString(file("root.pem"), pem);
    Files.writeString(file("leaf.pem"), Pem.encode(leaf));
    for (String purpose : List.of("sslclient", "sslserver")) {
      String said =
          openssl("verify -x509_strict -purpose " + purpose + " -CAfile root.pem leaf.pem");
      assertTrue(said.contains("leaf.pem: OK"), said);
    }
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** Names that end like files are those of this test's folder. */
  private String openssl(String arguments) throws Exception {
    String[] words = ("openssl " + arguments).split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      if (words[i].matches("\\w+\\.(pem|der)")) {
        words[i] = file(words[i]).toString();
      }
    }
    Outcome outcome = Tools.run(words);
    assertEquals(0, outcome.exitCode(), outcome.output());
    return outcome.output();
  }
}
