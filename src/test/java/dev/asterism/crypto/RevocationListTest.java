package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RevocationListTest {
  private static final Validity VALID =
      new Validity(Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2026-02-01T00:00:00Z"));

  private final VendorAuthority authority = VendorAuthority.root("CN=Authority", VALID);

  private X509Certificate certificate() {
    return authority.issue(KeyPairs.ecP256().getPublic(), "CN=device", VALID, Map.of());
  }

  @Test
  void itListsWhatItsIssuerRevoked() throws MalformedException {
    X509Certificate revoked = certificate();
    RevocationList list =
        RevocationList.parse("list", authority.revocationList(VALID, List.of(revoked)));

    assertTrue(list.lists(revoked));
    assertFalse(list.lists(certificate()));
    assertEquals(VALID, new Validity(list.thisUpdate(), list.nextUpdate()));
  }

  @Test
  void itIsIssuedByTheKeyAndTheNameThatItSays() throws MalformedException {
    RevocationList list = RevocationList.parse("list", authority.revocationList(VALID, List.of()));

    assertTrue(list.isIssuedBy(authority.certificate()));
    assertFalse(list.isIssuedBy(VendorAuthority.root("CN=Authority", VALID).certificate()));
    assertFalse(list.isIssuedBy(authority.authority("CN=Other", VALID).certificate()));
    assertFalse(list.isIssuedBy(certificate()));
  }

  @Test
  void onlyOneWholeListIsRead() {
    Bytes der = authority.revocationList(VALID, List.of());
    for (int length = 0; length < der.length(); length++) {
      Bytes prefix = der.slice(0, length);
      assertThrows(MalformedException.class, () -> RevocationList.parse("list", prefix));
    }
    assertThrows(
        MalformedException.class,
        () -> RevocationList.parse("list", Bytes.concat(der, Bytes.zeros(1))));
  }

  @Test
  void onlyWholeListsWithAnEndAreRead() throws Exception {
    assertRefused("is larger than", Bytes.zeros(1024 * 1024 + 1));
    assertRefused("is not a DER revocation list", Bytes.zeros(1024 * 1024));
    Bytes good = made("CN=Authority", "SHA256withECDSA", true, null);
    RevocationList.parse("list", good);
    assertRefused("is not a DER revocation list", Bytes.ofUtf8(Pem.encode("X509 CRL", good)));
    assertRefused("is not a DER revocation list", Bytes.EMPTY);
    assertRefused("does not say until when", made("CN=Authority", "SHA256withECDSA", false, null));
    RevocationList.parse(
        "list", made("CN=Authority", "SHA256withECDSA", true, "2.5.29.20", false, authority.key()));
    // A delta, an indirect list, and something that nobody knows.
    for (String oid : List.of("2.5.29.27", "2.5.29.28", "1.2.3.4")) {
      assertRefused("has critical extensions", made("CN=Authority", "SHA256withECDSA", true, oid));
    }
  }

  @Test
  void anIssuerHasTheNameTheRightAndAHashThatHolds() throws Exception {
    Bytes other = made("CN=Other", "SHA256withECDSA", true, null);
    assertFalse(RevocationList.parse("list", other).isIssuedBy(authority.certificate()));
    Bytes weak = made("CN=Authority", "SHA1withECDSA", true, null);
    assertFalse(RevocationList.parse("list", weak).isIssuedBy(authority.certificate()));

    var pair = PssAuthority.newKey(2048);
    for (int usage : new int[] {KeyUsage.cRLSign, KeyUsage.keyCertSign, -1}) {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal("CN=Authority"),
              BigInteger.TEN,
              Date.from(VALID.from()),
              Date.from(VALID.to()),
              new X500Principal("CN=Authority"),
              pair.getPublic());
      if (usage >= 0) {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      }
      var signer = new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate());
      var certificate =
          Pem.certificate("certificate", Bytes.of(builder.build(signer).getEncoded()));
      for (String algorithm : List.of("SHA256withRSA", "MD5withRSA")) {
        RevocationList list =
            RevocationList.parse(
                "list", made("CN=Authority", algorithm, true, null, pair.getPrivate()));
        assertEquals(
            usage != KeyUsage.keyCertSign && algorithm.startsWith("SHA256"),
            list.isIssuedBy(certificate));
      }
    }
  }

  private Bytes made(String issuer, String algorithm, boolean ends, @Nullable String critical)
      throws Exception {
    return made(issuer, algorithm, ends, critical, authority.key());
  }

  private static Bytes made(
      String issuer, String algorithm, boolean ends, @Nullable String critical, PrivateKey key)
      throws Exception {
    return made(issuer, algorithm, ends, critical, true, key);
  }

  private static Bytes made(
      String issuer,
      String algorithm,
      boolean ends,
      @Nullable String extension,
      boolean critical,
      PrivateKey key)
      throws Exception {
    var builder = new X509v2CRLBuilder(new X500Name(issuer), Date.from(VALID.from()));
    if (ends) {
      builder.setNextUpdate(Date.from(VALID.to()));
    }
    if (extension != null) {
      builder.addExtension(
          new ASN1ObjectIdentifier(extension),
          critical,
          Bytes.ofHex("value", value(extension)).toArray());
    }
    return Bytes.of(builder.build(new JcaContentSignerBuilder(algorithm).build(key)).getEncoded());
  }

  private static String value(String oid) {
    return switch (oid) {
      case "2.5.29.20", "2.5.29.27" -> "020101";
      case "2.5.29.28" -> "30038401ff";
      default -> "0500";
    };
  }

  private static void assertRefused(String reason, Bytes list) {
    var e = assertThrows(MalformedException.class, () -> RevocationList.parse("list", list));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }
}
