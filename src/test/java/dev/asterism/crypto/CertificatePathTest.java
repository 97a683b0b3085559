package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
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

  @Test
  void isValidFromItsFirstToItsLastSecond() {
    X509Certificate leaf = leaf(authority, key);
    for (Instant at : List.of(FROM, TO)) {
      assertInstanceOf(
          CertificatePath.Result.Trusted.class, check(leaf, List.of(), List.of(root), at));
    }
  }

  @Test
  void refusesWhatIsCriticalAndUnknown() {
    Made made = new Made("CN=leaf", key);
    made.unknownCritical = true;
    assertTrue(
        broken(made.by(TOP), List.of(), List.of(TOP.certificate()), NOW)
            .reason()
            .contains("critical extensions that we do not know: [1.2.3.4]"));
  }

  @Test
  void refusesKeysThatAreWeakOrUnknown() throws Exception {
    assertTrue(
        broken(
                new Made("CN=leaf", PssAuthority.newKey(2040).getPublic()).by(TOP),
                List.of(),
                List.of(TOP.certificate()),
                NOW)
            .reason()
            .contains("too short"));
    PublicKey edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    assertTrue(
        broken(new Made("CN=leaf", edwards).by(TOP), List.of(), List.of(TOP.certificate()), NOW)
            .reason()
            .contains("too short"));
    assertTrusted(new Made("CN=leaf", PssAuthority.newKey(2048).getPublic()).by(TOP), List.of());
  }

  /** The JDK reads no certificate of such a key; another provider may. */
  @Test
  void aKeyOnAShortCurveIsWeak() throws Exception {
    for (String curve : List.of("secp224r1", "secp256r1")) {
      var generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
      generator.initialize(new ECGenParameterSpec(curve));
      assertEquals(
          curve.equals("secp224r1"),
          CertificatePath.isWeak(generator.generateKeyPair().getPublic()));
    }
  }

  @Test
  void refusesSignaturesWithBrokenHashes() {
    for (String algorithm : List.of("SHA1withRSA", "MD5withRSA")) {
      Made made = new Made("CN=leaf", key);
      made.algorithm = algorithm;
      assertTrue(
          broken(made.by(TOP), List.of(), List.of(TOP.certificate()), NOW)
              .reason()
              .contains("no issuer that signed it"),
          algorithm);
      CertificatePath.Result byKey =
          CertificatePath.check(made.by(TOP), List.of(), c -> false, List.of(rootKey()), NOW);
      assertInstanceOf(CertificatePath.Result.Broken.class, byKey);
    }
  }

  private static CertificatePath.RootKey rootKey() {
    return new CertificatePath.RootKey(
        TOP.certificate().getSubjectX500Principal(), TOP.certificate().getPublicKey());
  }

  @Test
  void endsAtWhatATrustedKeySigned() {
    X509Certificate leaf = new Made("CN=leaf", key).by(TOP);
    assertEquals(
        new CertificatePath.Result.Trusted(leaf),
        CertificatePath.check(leaf, List.of(), c -> false, List.of(rootKey()), NOW));
    var otherName =
        new CertificatePath.RootKey(
            new X500Principal("CN=other"), TOP.certificate().getPublicKey());
    var otherKey = new CertificatePath.RootKey(TOP.certificate().getSubjectX500Principal(), key);
    assertInstanceOf(
        CertificatePath.Result.Broken.class,
        CertificatePath.check(leaf, List.of(), c -> false, List.of(otherName, otherKey), NOW));
  }

  @Test
  void onlyAuthoritiesIssueAndOnlyAsDeepAsTheyMay() {
    for (int depth = 0; depth < 3; depth++) {
      Made leaf = new Made("CN=leaf", key);
      KeyPair pair = PAIRS.get(depth);
      Made middle = new Made("CN=middle", pair.getPublic());
      middle.pathLength = 0;
      middle.usage = depth == 1 ? null : KeyUsage.keyCertSign;
      X509Certificate issuer = middle.by(TOP);
      if (depth < 2) {
        assertTrusted(leaf.by(new End(issuer, pair)), List.of(issuer));
      } else {
        KeyPair below = PAIRS.get(0);
        Made between = new Made("CN=between", below.getPublic());
        between.pathLength = 0;
        between.usage = KeyUsage.keyCertSign;
        X509Certificate second = between.by(new End(issuer, pair));
        assertTrue(
            broken(
                    leaf.by(new End(second, below)),
                    List.of(issuer, second),
                    List.of(TOP.certificate()),
                    NOW)
                .reason()
                .contains("may not have 1 authorities below it"));
      }
    }
    Made other = new Made("CN=middle", PAIRS.get(0).getPublic());
    other.pathLength = 3;
    other.usage = KeyUsage.cRLSign;
    X509Certificate issuer = other.by(TOP);
    assertTrue(
        broken(
                new Made("CN=leaf", key).by(new End(issuer, PAIRS.get(0))),
                List.of(issuer),
                List.of(TOP.certificate()),
                NOW)
            .reason()
            .contains("may not sign certificates"));
  }

  @Test
  void aPathHasFiveCertificatesAtMost() {
    List<X509Certificate> issuers = new ArrayList<>();
    End above = TOP;
    for (int i = 0; i < 4; i++) {
      // All with one key: it is the names that make the path.
      Made middle = new Made("CN=" + i, PAIRS.get(0).getPublic());
      middle.pathLength = 9;
      middle.usage = KeyUsage.keyCertSign;
      X509Certificate certificate = middle.by(above);
      issuers.add(certificate);
      above = new End(certificate, PAIRS.get(0));
      X509Certificate leaf = new Made("CN=leaf", key).by(above);
      if (i < 3) {
        assertTrusted(leaf, issuers);
      } else {
        assertTrue(
            broken(leaf, issuers, List.of(TOP.certificate()), NOW)
                .reason()
                .contains("longer than 5"));
      }
    }
  }

  @Test
  void namesOfStrangersAreShownInPart() {
    X509Certificate nameless = new Made("", key).by(new End(root, PAIRS.get(0)));
    assertTrue(
        broken(nameless, List.of(), List.of(root), NOW).reason().contains("serial number a"));
    X509Certificate wordy = new Made("CN=" + "x".repeat(300), key).by(new End(root, PAIRS.get(0)));
    String reason = broken(wordy, List.of(), List.of(root), NOW).reason();
    assertTrue(reason.startsWith("CN=" + "x".repeat(197) + "…"), reason);
    X509Certificate longest =
        new Made("CN=" + "x".repeat(197), key).by(new End(root, PAIRS.get(0)));
    reason = broken(longest, List.of(), List.of(root), NOW).reason();
    assertTrue(reason.startsWith("CN=" + "x".repeat(197) + " has no"), reason);
  }

  private static void assertTrusted(X509Certificate leaf, List<X509Certificate> presented) {
    assertInstanceOf(
        CertificatePath.Result.Trusted.class,
        check(leaf, presented, List.of(TOP.certificate()), NOW));
  }

  /** A certificate and its key. */
  private record End(X509Certificate certificate, KeyPair pair) {}

  /** RSA, which signs with broken hashes too. */
  private static final List<KeyPair> PAIRS =
      List.of(PssAuthority.newKey(2048), PssAuthority.newKey(2048), PssAuthority.newKey(2048));

  private static final End TOP = top();

  private static End top() {
    Made made = new Made("CN=top", PAIRS.get(2).getPublic());
    made.pathLength = 9;
    made.usage = KeyUsage.keyCertSign;
    return new End(made.by("CN=top", PAIRS.get(2)), PAIRS.get(2));
  }

  /** A certificate of which any part can be wrong. */
  private static final class Made {
    private final String subject;
    private final PublicKey key;
    @Nullable Integer pathLength;
    @Nullable Integer usage;
    boolean unknownCritical;
    String algorithm = "SHA256withRSA";

    Made(String subject, PublicKey key) {
      this.subject = subject;
      this.key = key;
    }

    X509Certificate by(End issuer) {
      return by(issuer.certificate().getSubjectX500Principal().getName(), issuer.pair());
    }

    X509Certificate by(String issuer, KeyPair pair) {
      try {
        var builder =
            new JcaX509v3CertificateBuilder(
                new X500Principal(issuer),
                BigInteger.TEN,
                Date.from(FROM),
                Date.from(TO),
                new X500Principal(subject),
                key);
        if (pathLength != null) {
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
        }
        if (usage != null) {
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        }
        if (unknownCritical) {
          builder.addExtension(new ASN1ObjectIdentifier("1.2.3.4"), true, new byte[] {5, 0});
        }
        return Pem.certificate(
            "certificate",
            Bytes.of(
                builder
                    .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
                    .getEncoded()));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
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
