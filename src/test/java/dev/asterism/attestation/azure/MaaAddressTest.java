package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.FakeCloud;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaaAddressTest {
  @ParameterizedTest
  @CsvSource({
    "https://a.weu.attest.azure.net,https://a.weu.attest.azure.net",
    "https://A.weu.attest.azure.net/,https://a.weu.attest.azure.net",
    "https://maa.example:8443,https://maa.example:8443",
    "http://127.0.0.1:80,http://127.0.0.1:80",
    "http://[::1]:80/,http://[::1]:80",
    "http://localhost,http://localhost",
    "https://maa.example:65535,https://maa.example:65535",
  })
  void takesAHostWithTlsOrThisMachine(String url, String uri) throws Exception {
    assertEquals(uri, MaaAddress.parse("here", url).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "maa.example",
        "http://maa.example",
        "http://127.0.0.1.example",
        "https://maa.example/attest",
        "https://user@maa.example",
        "https://maa.example?q",
        "ftp://maa.example",
        "https://a..b",
        "https://a-.b",
        "https://1.2.3.4.5",
        "https://maa.example:65536",
        "https://"
      })
  void takesNothingElse(String url) {
    var e = assertThrows(MalformedException.class, () -> MaaAddress.parse("here", url));
    assertEquals("here", e.field());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"compute\":{}}",
        "{\"compute\":{\"tagsList\":[]}}",
        "{\"compute\":{\"tagsList\":[{\"name\":\"constellation-maa-url\",\"value\":\" \"}]}}",
        "{\"compute\":{\"tagsList\":[{\"name\":\"constellation-maa-url-2\",\"value\":\"x\"}]}}"
      })
  void withoutATagNobodyIsAsked(String document) throws Exception {
    try (FakeCloud cloud = new FakeCloud()) {
      cloud.instance = document;
      assertEquals(Optional.empty(), MaaAddress.ofTag(cloud.service()).look());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "{\"compute\":{\"tagsList\":1}}"})
  void saysWhatIsNoDocumentOfAnInstance(String document) throws Exception {
    try (FakeCloud cloud = new FakeCloud()) {
      cloud.instance = document;
      MaaAddress address = MaaAddress.ofTag(cloud.service());
      assertThrows(MalformedException.class, address::look);
    }
  }

  @Test
  void findsTheTagBesideWhatIsNone() throws Exception {
    var document =
        "{\"compute\":{\"tagsList\":[1,{\"name\":\"Constellation-MAA-URL\",\"value\":\"x\"}]}}";
    assertEquals(Optional.of("x"), MaaAddress.tag(Bytes.ofUtf8(document)));
  }

  @Test
  void readsWhichSystemThisIs() {
    var file = "PRETTY_NAME=\"X\"\nNAME=\"A Linux\"\nVERSION=\"9\"\nVERSION_ID=\"24.04\"\n";
    assertEquals(new OsRelease("A Linux", 24, 4), OsRelease.parse(Bytes.ofUtf8(file)));
    assertEquals(
        new OsRelease("Arch", 12, 0), OsRelease.parse(Bytes.ofUtf8("VERSION_ID=12\nNAME=Arch")));
    assertEquals(OsRelease.UNKNOWN, OsRelease.parse(Bytes.ofUtf8("VERSION_ID=rolling\n")));
    assertEquals(OsRelease.UNKNOWN, OsRelease.read(Path.of("/does/not/exist")));
    assertTrue(OsRelease.UNKNOWN.name().isEmpty());
  }
}
