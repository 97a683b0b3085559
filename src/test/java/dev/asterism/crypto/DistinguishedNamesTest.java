package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistinguishedNamesTest {
  /** Every character that base64 has. */
  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/==";

  @Test
  void writesBase64AsAPrintableString() throws Exception {
    Bytes der = DistinguishedNames.ofCommonName(BASE64);

    // SEQUENCE { SET { SEQUENCE { OID 2.5.4.3, PrintableString } } }
    assertEquals("304d314b3049" + "0603550403" + "1342", der.slice(0, 13).hex());
    assertEquals(BASE64, DistinguishedNames.commonName(der));
  }

  @Test
  void writesOtherTextAsUtf8() throws Exception {
    Bytes der = DistinguishedNames.ofCommonName("Stern*bild ü");

    assertEquals(0x0c, der.at(11));
    assertEquals("Stern*bild ü", DistinguishedNames.commonName(der));
    assertEquals("CN=Stern*bild ü", new X500Principal(der.toArray()).getName());
  }

  @Test
  void readsWhatTheJdkWrites() throws Exception {
    Bytes der = Bytes.of(new X500Principal("CN=Constellation").getEncoded());

    assertEquals("Constellation", DistinguishedNames.commonName(der));
  }

  @ParameterizedTest
  @ValueSource(strings = {"O=Constellation", "CN=a,CN=b", "CN=a+O=b", ""})
  void refusesWhatIsNotOneCommonName(String name) {
    Bytes der = Bytes.of(new X500Principal(name).getEncoded());

    assertThrows(MalformedException.class, () -> DistinguishedNames.commonName(der));
  }

  @Test
  void refusesAnAttributeOfMoreThanAValue() {
    Bytes name = Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8("a"));
    Bytes attribute = Der.tlv(Der.SEQUENCE, Der.oid("2.5.4.3"), name, name);
    Bytes der = Der.tlv(Der.SEQUENCE, Der.tlv(Der.SET, attribute));

    assertThrows(MalformedException.class, () -> DistinguishedNames.commonName(der));
  }

  @Test
  void refusesEveryTruncationAndATrailingByte() {
    Bytes der = DistinguishedNames.ofCommonName("Constellation");

    for (int length = 0; length < der.length(); length++) {
      Bytes cut = der.slice(0, length);
      assertThrows(MalformedException.class, () -> DistinguishedNames.commonName(cut));
    }
    assertThrows(
        MalformedException.class,
        () -> DistinguishedNames.commonName(Bytes.concat(der, Bytes.zeros(1))));
  }
}
