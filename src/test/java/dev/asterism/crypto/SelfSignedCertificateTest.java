package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.SelfSignedCertificate.Extension;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfSignedCertificateTest {
  private static final String OID = "1.3.9900.5.99";
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.89Z");
  private final KeyPair key = KeyPairs.ecP256();

  private X509Certificate mint(@Nullable Extension extension) {
    return parsed(
        SelfSignedCertificate.mint(
            key,
            "Constellation",
            NOW.minus(Duration.ofHours(2)),
            NOW.plus(Duration.ofHours(2)),
            extension));
  }

  private static X509Certificate parsed(Bytes der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der.toArray()));
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void hasTheShapeOfTheContractInTheEyesOfTheJdk() throws Exception {
    X509Certificate certificate = mint(new Extension(OID, Bytes.ofUtf8("evidence")));

    assertEquals(3, certificate.getVersion());
    assertEquals("CN=Constellation", certificate.getSubjectX500Principal().getName());
    assertEquals("CN=Constellation", certificate.getIssuerX500Principal().getName());
    assertEquals(Instant.parse("2026-03-04T03:06:07Z"), certificate.getNotBefore().toInstant());
    assertEquals(Instant.parse("2026-03-04T07:06:07Z"), certificate.getNotAfter().toInstant());
    assertEquals("SHA256withECDSA", certificate.getSigAlgName());
    assertEquals(key.getPublic(), certificate.getPublicKey());
    certificate.verify(key.getPublic());
    assertEquals(Set.of(OID), certificate.getNonCriticalExtensionOIDs());
    assertEquals(Set.of(), certificate.getCriticalExtensionOIDs());
  }

  @Test
  void carriesTheDocumentRawInTheOctetString() {
    Bytes document = Bytes.ofUtf8("{\"UserData\":\"\"}");

    byte[] value = mint(new Extension(OID, document)).getExtensionValue(OID);

    assertArrayEquals(document.toArray(), ASN1OctetString.getInstance(value).getOctets());
  }

  @Test
  void hasNoExtensionWhereNothingIsAttested() {
    X509Certificate certificate = mint(null);

    assertNull(certificate.getNonCriticalExtensionOIDs());
    assertNull(certificate.getCriticalExtensionOIDs());
  }

  @Test
  void hasPositiveSerialNumbersOf128RandomBits() throws Exception {
    var seen = new HashSet<Object>();
    int longest = 0;
    for (int i = 0; i < 200; i++) {
      var serial = mint(null).getSerialNumber();
      assertEquals(1, serial.signum());
      assertTrue(serial.bitLength() <= 128);
      longest = Math.max(longest, serial.bitLength());
      assertTrue(seen.add(serial), "a serial number came twice");
    }
    for (int i = 0; i < 64; i++) {
      Bytes written = serial(SelfSignedCertificate.mint(key, "x", NOW, NOW.plusSeconds(9), null));
      // The shortest form, which DER wants.
      assertEquals(Bytes.of(new BigInteger(written.toArray()).toByteArray()), written);
    }
    assertEquals(128, longest);
  }

  private static Bytes serial(Bytes der) throws MalformedException {
    ByteReader certificate = Der.enter(der.reader("certificate"), Der.SEQUENCE, "certificate");
    ByteReader tbs = Der.enter(certificate, Der.SEQUENCE, "tbsCertificate");
    var _ = Der.enter(tbs, Der.context(0), "version");
    return Der.content(tbs, Der.INTEGER, "serialNumber");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65_535, 65_536, 1_000_000})
  void writesEveryFormOfDerLength(int length) {
    byte[] document = new byte[length];
    Arrays.fill(document, (byte) 0x5a);

    byte[] value = mint(new Extension(OID, Bytes.of(document))).getExtensionValue(OID);

    assertArrayEquals(document, ASN1OctetString.getInstance(value).getOctets());
  }

  @Test
  void spellsTimesAsRfc5280WantsThemAroundTheYear2050() throws Exception {
    Instant before = Instant.parse("2049-12-31T23:59:59Z");
    Instant after = Instant.parse("2050-01-01T00:00:00Z");

    X509Certificate certificate = parsed(SelfSignedCertificate.mint(key, "x", before, after, null));

    assertEquals(before, certificate.getNotBefore().toInstant());
    assertEquals(after, certificate.getNotAfter().toInstant());
    String der = Bytes.of(certificate.getEncoded()).hex();
    assertTrue(der.contains("170d" + Bytes.ofUtf8("491231235959Z").hex()), der);
    assertTrue(der.contains("180f" + Bytes.ofUtf8("20500101000000Z").hex()), der);
  }

  @Test
  void twoOfOneKeyDifferInSerialAndSignatureOnly() throws Exception {
    Bytes first = SelfSignedCertificate.mint(key, "x", NOW, NOW, null);
    Bytes second = SelfSignedCertificate.mint(key, "x", NOW, NOW, null);

    assertNotEquals(first, second);
    assertEquals(
        PeerCertificate.parse(first).publicKeyInfo(),
        PeerCertificate.parse(second).publicKeyInfo());
  }
}
