package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateRequests.Attribute;
import dev.asterism.crypto.CertificateRequests.Parsed;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

class CertificateRequestsTest {
  private static final KeyPair PAIR = CertificateAuthority.newKeyPair();
  private static final Bytes REQUEST =
      CertificateRequests.create(PAIR, "worker-1", List.of("worker-1"), List.of("10.0.0.7"));

  @Test
  void readsBackWhatItAsksFor() throws Exception {
    Parsed parsed =
        CertificateRequests.parse(
            CertificateRequests.create(PAIR, "worker-1", List.of("worker-1"), List.of("10.0.0.7")));
    assertEquals("CN=system:node:worker-1,O=system:nodes", parsed.subject());
    assertEquals(
        List.of(
            new Attribute(CertificateRequests.ORGANIZATION, "system:nodes"),
            new Attribute(CertificateRequests.COMMON_NAME, "system:node:worker-1")),
        parsed.attributes());
    assertEquals(List.of("system:nodes"), parsed.values(CertificateRequests.ORGANIZATION));
    assertEquals(PAIR.getPublic(), parsed.key());
    assertTrue(parsed.p256());
    assertEquals(List.of("worker-1"), parsed.dnsNames());
    assertEquals(List.of("10.0.0.7"), parsed.ipAddresses());
  }

  @Test
  void asksForNoNamesWhereThereAreNone() throws Exception {
    Bytes request = CertificateRequests.create(PAIR, "a", List.of(), List.of());
    Parsed parsed = CertificateRequests.parse(request);
    assertEquals(List.of(), parsed.dnsNames());
    assertEquals(List.of(), parsed.ipAddresses());
    assertEquals(0, new PKCS10CertificationRequest(request.toArray()).getAttributes().length);
  }

  @Test
  void asksForNamesOfEitherKindAlone() throws Exception {
    Parsed host =
        CertificateRequests.parse(
            CertificateRequests.create(PAIR, "a", List.of("a.example"), List.of()));
    assertEquals(List.of("a.example"), host.dnsNames());
    Parsed address =
        CertificateRequests.parse(
            CertificateRequests.create(PAIR, "a", List.of(), List.of("10.0.0.8")));
    assertEquals(List.of("10.0.0.8"), address.ipAddresses());
  }

  @Test
  void aNodeNameCannotBreakOutOfItsAttribute() throws Exception {
    Parsed parsed =
        CertificateRequests.parse(
            CertificateRequests.create(PAIR, "a,O=system:masters", List.of(), List.of()));
    assertEquals(List.of("system:nodes"), parsed.values(CertificateRequests.ORGANIZATION));
    assertEquals(
        List.of("system:node:a,O=system:masters"), parsed.values(CertificateRequests.COMMON_NAME));
  }

  @Test
  void refusesARequestCutAnywhere() {
    for (int i = 0; i < REQUEST.length(); i++) {
      Bytes cut = REQUEST.slice(0, i);
      assertThrows(MalformedException.class, () -> CertificateRequests.parse(cut), "cut at " + i);
    }
  }

  @Test
  void refusesARequestWithSomethingBehindIt() {
    Bytes longer = Bytes.concat(REQUEST, Bytes.zeros(1));
    assertThrows(MalformedException.class, () -> CertificateRequests.parse(longer));
  }

  @Test
  void refusesAnyFlippedBit() {
    byte[] der = REQUEST.toArray();
    for (int i = 0; i < der.length; i++) {
      byte[] changed = der.clone();
      changed[i] ^= 1;
      assertThrows(
          MalformedException.class, () -> CertificateRequests.parse(Bytes.of(changed)), "at " + i);
    }
  }

  @Test
  void refusesARequestSignedByAnotherKey() throws Exception {
    KeyPair other = CertificateAuthority.newKeyPair();
    var signed =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=a"), PAIR.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(other.getPrivate()));
    var error =
        assertThrows(
            MalformedException.class,
            () -> CertificateRequests.parse(Bytes.of(signed.getEncoded())));
    assertTrue(error.getMessage().contains("not signed by the key"), error.getMessage());
  }

  @Test
  void refusesSha1() throws Exception {
    Bytes der = sign(PAIR, "SHA1withECDSA");
    var error = assertThrows(MalformedException.class, () -> CertificateRequests.parse(der));
    assertTrue(error.getMessage().contains("algorithm"), error.getMessage());
  }

  @Test
  void tellsOtherCurvesAndKeysFromP256() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    assertFalse(
        CertificateRequests.parse(sign(generator.generateKeyPair(), "SHA384withECDSA")).p256());
    KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    assertFalse(CertificateRequests.parse(sign(rsa, "SHA256withRSA")).p256());
    KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    assertFalse(CertificateRequests.parse(sign(edwards, "Ed25519")).p256());
  }

  @Test
  void refusesAlternativeNamesOfOtherKinds() throws Exception {
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://a/b")));
    var request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=a"), PAIR.getPublic())
            .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(PAIR.getPrivate()));
    var error =
        assertThrows(
            MalformedException.class,
            () -> CertificateRequests.parse(Bytes.of(request.getEncoded())));
    assertTrue(error.getMessage().contains("alternative name"), error.getMessage());
  }

  @Test
  void refusesASubjectThatIsNoText() throws Exception {
    var subject = new X500NameBuilder().addRDN(BCStyle.CN, new ASN1Integer(1)).build();
    var request =
        new JcaPKCS10CertificationRequestBuilder(subject, PAIR.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(PAIR.getPrivate()));
    var error =
        assertThrows(
            MalformedException.class,
            () -> CertificateRequests.parse(Bytes.of(request.getEncoded())));
    assertTrue(error.getMessage().contains("is no string"), error.getMessage());
  }

  @Test
  void reads16Kib() {
    var error =
        assertThrows(
            MalformedException.class, () -> CertificateRequests.parse(Bytes.zeros(16 * 1024)));
    assertTrue(error.getMessage().contains("is not a DER"), error.getMessage());
  }

  @Test
  void refusesMoreThan16KibUnread() {
    var error =
        assertThrows(
            MalformedException.class, () -> CertificateRequests.parse(Bytes.zeros(16 * 1024 + 1)));
    assertTrue(error.getMessage().contains("larger"), error.getMessage());
  }

  @Test
  void refusesBerThatIsNotDer() throws Exception {
    byte[] ber = CertificationRequest.getInstance(REQUEST.toArray()).getEncoded("BER");
    assertEquals(REQUEST, Bytes.of(ber));
    // The same request, its outermost length written in one byte more than needed.
    byte[] der = REQUEST.toArray();
    byte[] longer = new byte[der.length + 1];
    longer[0] = der[0];
    longer[1] = (byte) 0x83;
    longer[2] = 0;
    System.arraycopy(der, 2, longer, 3, der.length - 2);
    assertEquals((byte) 0x82, der[1]);
    assertThrows(MalformedException.class, () -> CertificateRequests.parse(Bytes.of(longer)));
  }

  private static Bytes sign(KeyPair pair, String algorithm) throws Exception {
    return Bytes.of(
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=a"), pair.getPublic())
            .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
            .getEncoded());
  }
}
