package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.time.Instant;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PemTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final CertificateAuthority CA =
      CertificateAuthority.create("a", NOW, NOW.plusSeconds(60));

  @Test
  void encodesInLinesOf64() {
    String pem = Pem.encode("THING", Bytes.zeros(49));
    assertEquals("-----BEGIN THING-----\n" + "A".repeat(64) + "\nAA==\n-----END THING-----\n", pem);
  }

  @Test
  void readsBackTheCertificatesItWrote() throws Exception {
    String two = CA.certificatePem() + "some text between\r\n" + CA.certificatePem();
    assertEquals(2, Pem.certificates("bundle", two).size());
    assertEquals(CA.certificate(), Pem.certificates("bundle", two).getLast());
  }

  @Test
  void readsCertificatesWithCarriageReturns() throws Exception {
    String pem = CA.certificatePem().replace("\n", "\r\n");
    assertEquals(CA.certificate(), Pem.certificates("bundle", pem).getFirst());
  }

  @Test
  void refusesABundleWithoutCertificates() {
    assertMalformed("holds no PEM block", () -> Pem.certificates("bundle", "hello"));
  }

  @Test
  void refusesABlockOfAnotherKind() {
    String pem = CA.certificatePem() + Pem.encode("PUBLIC KEY", Bytes.zeros(3));
    assertMalformed("no certificate", () -> Pem.certificates("bundle", pem));
  }

  @Test
  void refusesABlockThatDoesNotEnd() {
    String pem = CA.certificatePem().replace("-----END CERTIFICATE-----\n", "");
    assertMalformed("does not end", () -> Pem.certificates("bundle", pem));
    assertMalformed("does not end", () -> Pem.certificates("bundle", pem + CA.certificatePem()));
  }

  @Test
  void refusesABlockThatEndsUnderAnotherLabel() {
    String pem = CA.certificatePem().replace("END CERTIFICATE", "END OTHER");
    assertMalformed("another label", () -> Pem.certificates("bundle", pem));
  }

  @Test
  void refusesABrokenBoundary() {
    String pem = CA.certificatePem().replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE--");
    assertMalformed("boundary", () -> Pem.certificates("bundle", pem));
  }

  @Test
  void refusesWhatIsNotBase64() {
    String pem = "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n";
    assertMalformed("base64", () -> Pem.certificates("bundle", pem));
  }

  @Test
  void readsWhatReachesToItsLimits() {
    assertMalformed("holds no PEM", () -> Pem.certificates("bundle", "x".repeat(1024 * 1024)));
    String many = Pem.encode("CERTIFICATE", Bytes.zeros(1)).repeat(256);
    assertMalformed("not a DER", () -> Pem.certificates("bundle", many));
    assertMalformed("not a DER", () -> Pem.certificate("leaf", Bytes.zeros(64 * 1024)));
    assertMalformed("not a DER", () -> Pem.certificate("leaf", Bytes.EMPTY));
  }

  @Test
  void readsABlockWithBlanksWhereverTheyMayStand() throws Exception {
    String pem = CA.certificatePem();
    for (String text :
        new String[] {
          pem.substring(0, pem.length() - 1),
          pem.replace("\n", " \t\r\n"),
          pem.replace("\nMII", "\n M\tI I"),
          pem.replace("-----BEGIN", "\n\n-----BEGIN")
        }) {
      assertEquals(CA.certificate(), Pem.certificates("bundle", text).getFirst());
    }
  }

  @Test
  void aTextMayEndWithinABoundary() {
    assertMalformed("no PEM block", () -> Pem.certificates("bundle", "-----BEG"));
  }

  @Test
  void namesTheKindsOfKeysThatItReads() throws Exception {
    var other = KeyPairGenerator.getInstance("X25519").generateKeyPair().getPrivate();
    assertMalformed(
        "is neither an EC, an RSA nor an Ed25519 key",
        () -> Pem.privateKey("key", Pem.encode(other)));
  }

  @Test
  void aBoundaryHasDashesOnBothSidesOfItsLabel() {
    assertMalformed("no certificate", () -> Pem.certificates("bundle", block("-----", "-----")));
    assertMalformed(
        "broken PEM boundary", () -> Pem.certificates("bundle", block("----", "-----")));
    assertMalformed(
        "broken PEM boundary", () -> Pem.certificates("bundle", block("-----", "----")));
    assertMalformed(
        "broken PEM boundary", () -> Pem.certificates("bundle", block("A+----", "-----")));
  }

  private static String block(String begin, String end) {
    return "-----BEGIN " + begin + "\nAA==\n-----END " + end + "\n";
  }

  @Test
  void writesAPublicKey() throws Exception {
    var key = CA.certificate().getPublicKey();
    assertEquals(Pem.encode("PUBLIC KEY", Bytes.of(key.getEncoded())), Pem.encode(key));
  }

  @Test
  void refusesMoreThanAMegabyte() {
    assertMalformed("larger", () -> Pem.certificates("bundle", "x".repeat(1024 * 1024 + 1)));
  }

  @Test
  void refusesMoreBlocksThanAnybodyNeeds() {
    String many = Pem.encode("CERTIFICATE", Bytes.zeros(1)).repeat(257);
    assertMalformed("more than 256", () -> Pem.certificates("bundle", many));
  }

  @Test
  void refusesACertificateWithSomethingBehindIt() throws Exception {
    Bytes der = Bytes.of(CA.certificate().getEncoded());
    assertEquals(CA.certificate(), Pem.certificate("leaf", der));
    assertMalformed(
        "exactly one", () -> Pem.certificate("leaf", Bytes.concat(der, Bytes.zeros(1))));
    assertMalformed("exactly one", () -> Pem.certificate("leaf", Bytes.concat(der, der)));
  }

  @Test
  void refusesPemWhereDerBelongs() {
    assertMalformed("not a DER", () -> Pem.certificate("leaf", Bytes.ofUtf8(CA.certificatePem())));
  }

  @Test
  void refusesACertificateCutAnywhere() throws Exception {
    Bytes der = Bytes.of(CA.certificate().getEncoded());
    for (int i = 0; i < der.length(); i++) {
      Bytes cut = der.slice(0, i);
      assertThrows(MalformedException.class, () -> Pem.certificate("leaf", cut), "cut at " + i);
    }
  }

  @Test
  void refusesAHugeCertificateUnread() {
    assertMalformed("larger", () -> Pem.certificate("leaf", Bytes.zeros(64 * 1024 + 1)));
  }

  @Test
  void readsBackThePrivateKeyItWrote() throws Exception {
    for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
      PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
      assertEquals(key, Pem.privateKey("key", Pem.encode(key)));
    }
  }

  @Test
  void readsTheOlderEcFormWithItsParameters() throws Exception {
    var key = assertInstanceOf(ECPrivateKey.class, Pem.privateKey("key", secret(sec1())));
    assertEquals(256, key.getParams().getOrder().bitLength());
  }

  @Test
  void readsTheOlderRsaForm() throws Exception {
    var key = assertInstanceOf(RSAPrivateKey.class, Pem.privateKey("key", secret(pkcs1())));
    assertEquals(1024, key.getModulus().bitLength());
  }

  @Test
  void refusesTwoKeys() {
    assertMalformed("exactly one", () -> Pem.privateKey("key", secret(pkcs1().repeat(2))));
  }

  @Test
  void refusesAnEncryptedKey() {
    Secret pem = secret(Pem.encode("ENCRYPTED PRIVATE KEY", Bytes.zeros(40)));
    assertMalformed("unencrypted", () -> Pem.privateKey("key", pem));
  }

  @Test
  void neverRepeatsAPrivateKeyInAnError() throws Exception {
    String broken = pkcs1().replaceFirst("MII", "AII");
    var error =
        assertThrows(MalformedException.class, () -> Pem.privateKey("pki/ca.key", secret(broken)));
    assertEquals("pki/ca.key: is not a readable private key", error.getMessage());
    assertFalse(error.getCause() != null && error.getCause().getMessage() != null);
  }

  /** As {@code openssl ecparam -genkey} writes it. */
  private static String sec1() throws Exception {
    var key = (ECPrivateKey) CertificateAuthority.newKeyPair().getPrivate();
    var der =
        new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), X9ObjectIdentifiers.prime256v1)
            .getEncoded();
    return Pem.encode("EC PARAMETERS", Bytes.of(X9ObjectIdentifiers.prime256v1.getEncoded()))
        + Pem.encode("EC PRIVATE KEY", Bytes.of(der));
  }

  /** As Go and {@code openssl genrsa -traditional} write it. */
  private static String pkcs1() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    byte[] pkcs8 = generator.generateKeyPair().getPrivate().getEncoded();
    byte[] der = PrivateKeyInfo.getInstance(pkcs8).getPrivateKey().getOctets();
    return Pem.encode("RSA PRIVATE KEY", Bytes.of(der));
  }

  private static Secret secret(String text) {
    return Secret.copyOf(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void assertMalformed(String part, Executable executable) {
    String message = assertThrows(MalformedException.class, executable).getMessage();
    assertTrue(message.contains(part), message);
  }
}
