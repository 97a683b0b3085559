package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.SelfSignedCertificate.Extension;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerCertificateTest {
  private static final String OID = "1.3.9900.5.99";
  private static final Instant FROM = Instant.parse("2026-03-04T05:06:07Z");
  private static final Instant TO = FROM.plus(Duration.ofHours(4));
  private static final X500Name NAME = new X500Name("CN=Constellation");

  /** What Go's crypto/x509 made of the contract's shape, with the dummy document inside. */
  private static final String BY_GO =
      "308201ad30820154a003020102021100ddb98d0a7bbf5c69abd529803bd9e871300a06082a8648ce"
          + "3d0403023018311630140603550403130d436f6e7374656c6c6174696f6e301e170d323631313232"
          + "3030323235395a170d3236313132323034323235395a3018311630140603550403130d436f6e7374"
          + "656c6c6174696f6e3059301306072a8648ce3d020106082a8648ce3d03010703420004b63579370c"
          + "b93d0cfc07cefcd4c046c1f02d4fbf8edfaa3a067422cf8424f700ff4b699a9a9d43b8616cf43f82"
          + "cd825736f9d5a3aad2438a7f9cec37fef62109a37f307d307b06052bcd2c050104727b2255736572"
          + "44617461223a2271634c2b6f743061707471664f6151544d616269494c31664b334575303133476e"
          + "79594c4e3861533965593d222c224e6f6e6365223a22414141414141414141414141414141414141"
          + "414141414141414141414141414141414141414141414141413d227d300a06082a8648ce3d040302"
          + "034700304402205e69e126a883166f74fdf492814cc793ac9b34849b815dd9127f0b56e86d584b02"
          + "20370e3493231f7a6d9dff85a2f0cc55a14b809d22447e79c1619ed58ae848f3c2";

  private final KeyPair key = KeyPairs.ecP256();
  private final Bytes minted =
      SelfSignedCertificate.mint(
          key, "Constellation", FROM, TO, new Extension(OID, Bytes.ofUtf8("evidence")));

  @Test
  void readsWhatWeMint() throws Exception {
    PeerCertificate certificate = PeerCertificate.parse(minted);

    assertEquals(FROM, certificate.notBefore());
    assertEquals(TO, certificate.notAfter());
    assertEquals(Bytes.of(key.getPublic().getEncoded()), certificate.publicKeyInfo());
    assertEquals(List.of(new Extension(OID, Bytes.ofUtf8("evidence"))), certificate.extensions());
    assertEquals(DistinguishedNames.ofCommonName("Constellation"), certificate.subject());
    assertTrue(certificate.selfSigned());
  }

  @Test
  void readsWhatGoMints() throws Exception {
    PeerCertificate certificate = PeerCertificate.parse(Bytes.ofHex("certificate", BY_GO));

    assertTrue(certificate.selfSigned());
    assertEquals("1.3.9900.5.1", certificate.extensions().getFirst().oid());
    assertEquals("Constellation", DistinguishedNames.commonName(certificate.subject()));
  }

  @Test
  void isValidFromItsFirstToItsLastSecond() throws Exception {
    PeerCertificate certificate = PeerCertificate.parse(minted);

    assertFalse(certificate.validAt(FROM.minusSeconds(1)));
    assertTrue(certificate.validAt(FROM));
    assertTrue(certificate.validAt(TO));
    assertFalse(certificate.validAt(TO.plusSeconds(1)));
  }

  @Test
  void isOfVersion3AndOfAKeyOnP256() throws Exception {
    assertRefused("version: is not 3", "a003020102", "a003020101");
    assertRefused("is not a key on P-256", "06082a8648ce3d030107", "06082a8648ce3d030106");
  }

  private void assertRefused(String why, String part, String other) throws Exception {
    Bytes changed = Bytes.ofHex("certificate", minted.hex().replaceFirst(part, other));
    var e = assertThrows(MalformedException.class, () -> PeerCertificate.parse(changed));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void refusesEveryTruncation() {
    for (int length = 0; length < minted.length(); length++) {
      Bytes cut = minted.slice(0, length);
      assertThrows(MalformedException.class, () -> PeerCertificate.parse(cut), "at " + length);
    }
  }

  @Test
  void noChangedByteSurvivesParserAndSignature() {
    var random = new Random(1);
    for (int at = 0; at < minted.length(); at++) {
      byte[] changed = minted.toArray();
      changed[at] ^= (byte) (1 + random.nextInt(255));
      boolean accepted;
      try {
        accepted = PeerCertificate.parse(Bytes.of(changed)).selfSigned();
      } catch (MalformedException e) {
        accepted = false;
      }
      assertFalse(accepted, "byte " + at);
    }
  }

  @Test
  void throwsNothingElseForRubbish() {
    var random = new Random(2);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = minted.toArray();
      for (int change = random.nextInt(6); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        PeerCertificate parsed = PeerCertificate.parse(Bytes.of(bytes));
        assertFalse(parsed.selfSigned() && !Bytes.of(bytes).equals(minted));
      } catch (MalformedException e) {
        assertFalse(e.getMessage().isEmpty());
      }
    }
  }

  @Test
  void refusesTrailingBytes() {
    assertMalformed("certificate", Bytes.concat(minted, Bytes.zeros(1)));
  }

  @Test
  void refusesLengthsThatAreNotMinimal() {
    // 30 82 xx xx becomes 30 83 00 xx xx.
    Bytes padded =
        Bytes.concat(Bytes.of(new byte[] {0x30, (byte) 0x83, 0}), minted.slice(2, minted.length()));

    assertMalformed("certificate", padded);
  }

  @Test
  void refusesVersionOne() throws Exception {
    var builder =
        new X509v1CertificateBuilder(
            NAME, BigInteger.TEN, Date.from(FROM), Date.from(TO), NAME, spki(key));

    assertMalformed("version", encoded(builder.build(signer(key, "SHA256withECDSA"))));
  }

  @ParameterizedTest
  @CsvSource({
    "EC,384,SHA256withECDSA,subjectPublicKeyInfo",
    "RSA,2048,SHA256withRSA,signatureAlgorithm",
    "EC,256,SHA384withECDSA,signatureAlgorithm",
  })
  void refusesOtherKeysAndAlgorithms(String type, int size, String algorithm, String field)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
    generator.initialize(size);
    KeyPair other = generator.generateKeyPair();

    assertMalformed(field, encoded(builder(other).build(signer(other, algorithm))));
  }

  @Test
  void refusesACriticalExtension() throws Exception {
    assertMalformed("critical", with(b -> add(b, OID, true)));
  }

  @Test
  void refusesAnExtensionThatIsThereTwice() throws Exception {
    Bytes one = extension(1);
    assertMalformed("extnID", made(VERSION, TIMES, extensions(one, one)));
  }

  private static final Bytes VERSION =
      Der.tlv(Der.context(0), Der.tlv(Der.INTEGER, Bytes.of(new byte[] {2})));
  private static final Bytes TIMES = Der.tlv(Der.SEQUENCE, Der.time(FROM), Der.time(TO));
  private static final Bytes MORE = Der.tlv(Der.OCTET_STRING);

  /** Put together by hand, and signed by nobody: BouncyCastle's builder makes no wrong ones. */
  private Bytes made(Bytes version, Bytes validity, Bytes extensions, Bytes... more)
      throws MalformedException {
    PeerCertificate template = PeerCertificate.parse(minted);
    Bytes signed =
        Der.tlv(
            Der.SEQUENCE,
            version,
            Der.tlv(Der.INTEGER, Bytes.of(new byte[] {1})),
            SelfSignedCertificate.ECDSA_SHA256,
            template.issuer(),
            validity,
            template.subject(),
            template.publicKeyInfo(),
            extensions);
    return Der.tlv(
        Der.SEQUENCE,
        signed,
        SelfSignedCertificate.ECDSA_SHA256,
        Der.bits(template.signature()),
        Bytes.concat(more));
  }

  private static Bytes extensions(Bytes... list) {
    return Der.tlv(Der.context(3), Der.tlv(Der.SEQUENCE, list));
  }

  private static Bytes extension(int number, Bytes... more) {
    return Der.tlv(
        Der.SEQUENCE, Der.oid("1.2." + number), Der.tlv(Der.OCTET_STRING), Bytes.concat(more));
  }

  @Test
  void refusesWhatStandsBehindAnyOfItsParts() throws Exception {
    Bytes one = extensions(extension(1));
    assertEquals(1, PeerCertificate.parse(made(VERSION, TIMES, one)).extensions().size());
    Bytes three = Der.tlv(Der.INTEGER, Bytes.of(new byte[] {2}));
    assertMalformed("version", made(Der.tlv(Der.context(0), three, MORE), TIMES, one));
    Bytes thrice = Der.tlv(Der.SEQUENCE, Der.time(FROM), Der.time(TO), Der.time(TO));
    assertMalformed("validity", made(VERSION, thrice, one));
    assertMalformed("extension", made(VERSION, TIMES, extensions(extension(1, MORE))));
    Bytes lists = Der.tlv(Der.context(3), Der.tlv(Der.SEQUENCE, extension(1)), MORE);
    assertMalformed("extensions", made(VERSION, TIMES, lists));
    assertMalformed("tbsCertificate", made(VERSION, TIMES, Bytes.concat(one, MORE)));
    assertMalformed("certificate", made(VERSION, TIMES, one, MORE));
  }

  @Test
  void hasEightExtensionsAtMost() throws Exception {
    Bytes[] most = new Bytes[9];
    for (int i = 0; i < most.length; i++) {
      most[i] = extension(i);
    }
    Bytes[] eight = Arrays.copyOf(most, 8);
    assertEquals(
        8, PeerCertificate.parse(made(VERSION, TIMES, extensions(eight))).extensions().size());
    assertMalformed("extensions", made(VERSION, TIMES, extensions(most)));
  }

  @Test
  void maySayNothingOfItself() throws Exception {
    assertEquals(List.of(), PeerCertificate.parse(made(VERSION, TIMES, Bytes.EMPTY)).extensions());
  }

  @Test
  void refusesUniqueIdentifiers() throws Exception {
    assertMalformed("extensions", with(b -> b.setSubjectUniqueID(new boolean[] {true, false})));
  }

  @Test
  void keepsExtensionsInTheirOrder() throws Exception {
    PeerCertificate certificate =
        PeerCertificate.parse(
            with(b -> {
              add(b, "1.3.9900.9.9", false);
              add(b, OID, false);
            }));

    assertEquals(
        List.of("1.3.9900.9.9", OID),
        certificate.extensions().stream().map(Extension::oid).toList());
  }

  @Test
  void isNotSelfSignedBySomeoneElsesKey() throws Exception {
    KeyPair other = KeyPairs.ecP256();

    PeerCertificate certificate =
        PeerCertificate.parse(encoded(builder(key).build(signer(other, "SHA256withECDSA"))));

    assertFalse(certificate.selfSigned());
  }

  @Test
  void isNotSelfSignedInSomeoneElsesName() throws Exception {
    var builder =
        new X509v3CertificateBuilder(
            new X500Name("CN=Other"),
            BigInteger.TEN,
            Date.from(FROM),
            Date.from(TO),
            NAME,
            spki(key));

    PeerCertificate certificate =
        PeerCertificate.parse(encoded(builder.build(signer(key, "SHA256withECDSA"))));

    assertFalse(certificate.selfSigned());
  }

  @Test
  void isNotSelfSignedByAPointOffTheCurve() throws Exception {
    byte[] bytes = minted.toArray();
    String spki = Bytes.of(key.getPublic().getEncoded()).hex();
    int at = minted.hex().indexOf(spki) / 2 + 91 - 1;
    bytes[at] ^= 1;

    assertFalse(PeerCertificate.parse(Bytes.of(bytes)).selfSigned());
  }

  private void assertMalformed(String field, Bytes der) {
    var refused = assertThrows(MalformedException.class, () -> PeerCertificate.parse(der));
    assertEquals(field, refused.field());
  }

  private Bytes with(Consumer<X509v3CertificateBuilder> change) throws Exception {
    X509v3CertificateBuilder builder = builder(key);
    change.accept(builder);
    return encoded(builder.build(signer(key, "SHA256withECDSA")));
  }

  private static void add(X509v3CertificateBuilder builder, String oid, boolean critical) {
    try {
      builder.addExtension(
          new ASN1ObjectIdentifier(oid), critical, new DEROctetString(new byte[] {1}));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static X509v3CertificateBuilder builder(KeyPair key) {
    return new X509v3CertificateBuilder(
        NAME, BigInteger.TEN, Date.from(FROM), Date.from(TO), NAME, spki(key));
  }

  private static SubjectPublicKeyInfo spki(KeyPair key) {
    return SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded());
  }

  private static ContentSigner signer(KeyPair key, String algorithm) throws Exception {
    return new JcaContentSignerBuilder(algorithm).build(key.getPrivate());
  }

  private static Bytes encoded(X509CertificateHolder holder) throws IOException {
    return Bytes.of(holder.getEncoded());
  }
}
