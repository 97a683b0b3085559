package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.testing.TestAuthority;
import dev.asterism.wire.Bytes;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateNamesTest {
  private static final String NAME = "13056e616d6564";
  private static final X509Certificate NAMED =
      new TestAuthority(Instant.now()).issue("CN=named,O=b", Usage.CLIENT);

  private static final X509Certificate NAMED_ALONE =
      VendorAuthority.root("CN=named", new Validity(Instant.now(), Instant.now().plusSeconds(9)))
          .certificate();

  /** With another encoding of its name, which is as long. */
  private static X509Certificate as(String name) throws Exception {
    String der = Pem.der(NAMED).hex();
    return Pem.certificate("certificate", Bytes.ofHex("der", der.replace(NAME, name)));
  }

  @Test
  void readsTheOnlyCommonName() throws Exception {
    assertEquals(Optional.of("named"), CertificateNames.caller(as(NAME)));
    assertEquals(Optional.of("näme"), CertificateNames.commonName(as("0c056ec3a46d65")));
  }

  @Test
  void whatIsNoTextIsAnotherName() throws Exception {
    // An octet string.
    assertEquals(Optional.of(""), CertificateNames.commonName(as("04056e616d6564")));
  }

  @Test
  void withoutAlternativeNamesItIsNobodysServer() {
    assertFalse(CertificateNames.isServer(NAMED_ALONE, "named"));
  }

  /** A string of strings, and what is not UTF-8. */
  @ParameterizedTest
  @ValueSource(strings = {"23056e616d6564", "0c05ffffffffff"})
  void aSubjectThatCannotBeReadNamesNobody(String name) throws Exception {
    assertEquals(Optional.empty(), CertificateNames.commonName(as(name)));
  }
}
