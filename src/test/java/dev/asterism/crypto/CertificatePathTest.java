package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificatePathTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final Instant FROM = NOW.minus(Duration.ofDays(1));
  private static final Instant TO = NOW.plus(Duration.ofDays(1));

  private final CertificateAuthority authority = CertificateAuthority.create("root", FROM, TO);
  private final X509Certificate root = authority.certificate();
  private final PublicKey key = KeyPairs.ecP256().getPublic();

  @Test
  void followsALeafToATrustedRoot() {
    var result = check(leaf(authority, key), List.of(), List.of(root), NOW);
    assertEquals(new CertificatePath.Result.Trusted(root), result);
  }

  @Test
  void takesARootFromWhatIsPresentedOnlyIfItIsTrusted() {
    X509Certificate leaf = leaf(authority, key);
    assertInstanceOf(
        CertificatePath.Result.Trusted.class,
        CertificatePath.check(leaf, List.of(root), root::equals, NOW));
    assertTrue(broken(leaf, List.of(root), List.of(), NOW).reason().contains("not trusted"));
  }

  @Test
  void refusesAnImpostorOfTheSameName() {
    var impostor = CertificateAuthority.create("root", FROM, TO);
    assertTrue(
        broken(leaf(impostor, key), List.of(), List.of(root), NOW).reason().contains("no issuer"));
  }

  @Test
  void refusesALeafThatIssuedALeaf() throws Exception {
    // A certificate without the authority bit whose key signs another one.
    var pair = KeyPairs.ecP256();
    X509Certificate middle = leaf(authority, pair.getPublic());
    X509Certificate below =
        Pem.certificate("leaf", SelfSignedCertificate.mint(pair, "leaf", FROM, TO, null));
    assertTrue(
        broken(below, List.of(middle), List.of(root), NOW).reason().contains("is no authority"));
  }

  @Test
  void refusesExpiredAndNotYetValidCertificatesAndSaysThatItIsTheTime() {
    X509Certificate leaf = leaf(authority, key);
    assertTrue(broken(leaf, List.of(), List.of(root), TO.plusSeconds(2)).time());
    assertTrue(broken(leaf, List.of(), List.of(root), FROM.minusSeconds(2)).time());
    assertFalse(broken(leaf, List.of(), List.of(), NOW).time());
  }

  @Test
  void refusesAShortKey() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    PublicKey weak = generator.generateKeyPair().getPublic();
    assertTrue(
        broken(leaf(authority, weak), List.of(), List.of(root), NOW)
            .reason()
            .contains("too short"));
  }

  private static CertificatePath.Result check(
      X509Certificate leaf,
      List<X509Certificate> presented,
      List<X509Certificate> roots,
      Instant at) {
    return CertificatePath.check(leaf, presented, roots, at);
  }

  private static CertificatePath.Result.Broken broken(
      X509Certificate leaf,
      List<X509Certificate> presented,
      List<X509Certificate> roots,
      Instant at) {
    return assertInstanceOf(CertificatePath.Result.Broken.class, check(leaf, presented, roots, at));
  }

  private static X509Certificate leaf(CertificateAuthority authority, PublicKey key) {
    return authority.issue(
        new CertificateAuthority.Request(
            key,
            "CN=leaf",
            FROM,
            TO,
            CertificateAuthority.Usage.ATTESTATION_KEY,
            List.of(),
            List.of()));
  }
}
