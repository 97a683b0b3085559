package dev.asterism.attestation.snp;

import static dev.asterism.testing.Truncation.assertOnlyTheWholePasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.IssueException;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class SnpStructuresTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void onlyAWholeReportIsOne(SoftwareLine line) throws Exception {
    Bytes report = ForgedSnp.genuine(line).signedReport();
    assertOnlyTheWholePasses(SnpReport::parse, report);
    assertEquals(report, SnpReport.parse(report).raw());
  }

  @Test
  void onlyAWholeTableIsOne() throws Exception {
    Bytes table = ForgedSnp.genuine().table();
    for (int length = 0; length < table.length(); length++) {
      Bytes prefix = table.slice(0, length);
      assertThrows(MalformedException.class, () -> CertificateTable.parse(prefix));
    }
    // Hosts pad to whole pages.
    assertEquals(
        CertificateTable.parse(table),
        CertificateTable.parse(Bytes.concat(table, Bytes.zeros(4096 - table.length() % 4096))));
    assertEquals(table, CertificateTable.parse(table).encode());
  }

  @Test
  void anEntryPointsBehindTheListAndIsAloneOfItsKind() {
    Bytes entry = Bytes.concat(CertificateTable.ARK, ForgedSnp.hex("0800000004000000"));
    assertThrows(
        MalformedException.class,
        () -> CertificateTable.parse(Bytes.concat(entry, Bytes.zeros(24))));
    Bytes twice = Bytes.concat(CertificateTable.ARK, Bytes.zeros(8));
    assertThrows(
        MalformedException.class,
        () -> CertificateTable.parse(Bytes.concat(twice, twice, Bytes.zeros(24))));
  }

  @Test
  void onlyAWholeListIsOne() throws Exception {
    assertOnlyTheWholePasses(RevocationList::parse, ForgedSnp.genuine().crl);
  }

  @Test
  void onlyAWholeDocumentIsOne() throws Exception {
    Bytes document = ForgedSnp.genuine().document();
    for (int length = 0; length < document.length(); length += 7) {
      Bytes prefix = document.slice(0, length);
      assertThrows(MalformedException.class, () -> SnpDocument.parse(prefix));
    }
    assertEquals(
        SnpDocument.parse(document), SnpDocument.parse(SnpDocument.parse(document).write()));
  }

  @Test
  void linesAreToldByCpuid() {
    assertEquals(Optional.of(ProductLine.MILAN), ProductLine.byCpuid(0x19, 0x01));
    assertEquals(Optional.of(ProductLine.GENOA), ProductLine.byCpuid(0x19, 0x11));
    assertEquals(Optional.of(ProductLine.GENOA), ProductLine.byCpuid(0x19, 0xa0));
    assertEquals(Optional.of(ProductLine.TURIN), ProductLine.byCpuid(0x1a, 0x02));
    assertEquals(Optional.empty(), ProductLine.byCpuid(0x1a, 0x12));
    assertEquals(Optional.empty(), ProductLine.byCpuid(0x19, 0x20));
    assertEquals(Optional.empty(), ProductLine.byCpuid(0x19, 0xb0));
    assertEquals(Optional.of(ProductLine.MILAN), ProductLine.byCpuid(0x19, 0x0f));
    assertEquals(Optional.of(ProductLine.GENOA), ProductLine.byCpuid(0x19, 0x10));
    assertEquals(Optional.of(ProductLine.GENOA), ProductLine.byCpuid(0x19, 0x1f));
    assertEquals(Optional.empty(), ProductLine.byCpuid(0x19, 0x9f));
    assertEquals(Optional.of(ProductLine.GENOA), ProductLine.byCpuid(0x19, 0xaf));
    assertEquals(Optional.of(ProductLine.TURIN), ProductLine.byCpuid(0x1a, 0x11));
    assertEquals(Optional.empty(), ProductLine.byCpuid(0x17, 0x01));
  }

  @Test
  void eachLineHasItsTcbLayout() {
    assertEquals(
        "bootloader 4, tee 0, snp 24, microcode 219",
        new TcbVersion(ProductLine.MILAN, 0xdb18000000000004L).toString());
    assertEquals(
        "fmc 0, bootloader 1, tee 0, snp 2, microcode 71",
        new TcbVersion(ProductLine.TURIN, 0x4700000002000100L).toString());
    for (ProductLine line : ProductLine.values()) {
      var version = new TcbVersion(line, 0x0102030405060708L);
      assertEquals(version.parts(), TcbVersion.of(line, version.parts()).parts());
    }
  }

  @Test
  void extensionsAreOfTheirTypes() throws Exception {
    ForgedSnp wrapped =
        ForgedSnp.with(f ->
            f.extensions.put(
                "1.3.6.1.4.1.3704.1.4",
                Bytes.concat(ForgedSnp.hex("0440"), ForgedSnp.filled(64, 0x77))));
    assertEquals(ForgedSnp.filled(64, 0x77), CertificateExtensions.of(wrapped.leaf()).hardwareId());
    for (String bad : new String[] {"", "02", "0201", "0202ffff", "020200", "0401", "02010000"}) {
      ForgedSnp forged =
          ForgedSnp.with(f -> f.extensions.put("1.3.6.1.4.1.3704.1.3.1", ForgedSnp.hex(bad)));
      assertThrows(MalformedException.class, () -> CertificateExtensions.of(forged.leaf()), bad);
    }
    ForgedSnp without = ForgedSnp.with(f -> f.extensions.remove("1.3.6.1.4.1.3704.1.3.8"));
    assertThrows(MalformedException.class, () -> CertificateExtensions.of(without.leaf()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"snp\":{\"allowDebug\":true}}",
        "{\"snp\":{\"allow\":[\"aliasCheck\"]}}",
        "{\"snp\":{\"allow\":[\"singleSocket\"]}}",
        "{\"snp\":{\"require\":[\"debug\"]}}",
        "{\"snp\":{\"platform\":[\"debug\"]}}",
        "{\"snp\":{\"vmpl\":[]}}",
        "{\"snp\":{\"vmpl\":[4]}}",
        "{\"snp\":{\"vmpl\":0}}",
        "{\"snp\":{\"measurements\":[\"00\"]}}",
        "{\"snp\":{\"chipIds\":[\"0011\"]}}",
        "{\"snp\":{\"hostData\":[\"0102030405060708\"]}}",
        "{\"snp\":{\"roots\":[]}}",
        "{\"snp\":{\"roots\":[\"intel-sgx-root\"]}}",
        "{\"snp\":{\"roots\":[\"nobody\"]}}",
        "{\"snp\":{\"revocation\":\"never\"}}",
        "{\"snp\":{\"minimumTcb\":{\"Naples\":{}}}}",
        "{\"snp\":{\"minimumTcb\":{\"Milan\":{\"fmc\":1}}}}",
        "{\"snp\":{\"minimumTcb\":{\"Milan\":{\"snp\":256}}}}",
        "{\"snp\":{\"minimumTcb\":{\"Milan\":{\"snp\":\"latest\"}}}}",
        "{\"snp\":{\"minimumTcb\":{\"Milan\":{\"launch\":{\"launch\":{}}}}}}",
        "{\"snp\":{\"mitigations\":{\"launch\":\"x\"}}}",
        "{\"snp\":{\"minimumGuestSvn\":-1}}",
        "{\"snp\":{\"minimumGuestSvn\":1.5}}",
        "{\"snp\":{\"minimumGuestSvn\":1.0}}",
        "{\"snp\":{\"minimumGuestSvn\":18446744073709551617}}",
        "{\"snp\":{\"minimumGuestSvn\":4294967296}}",
        "{\"snp\":{\"unknown\":1}}",
        "{\"snp\":{\"cspIds\":\"x\"}}",
        "{\"snp\":{\"cspIds\":[1]}}",
        "{\"snp\":{\"mitigations\":{\"other\":\"1\"}}}",
        "{\"snp\":{\"mitigations\":{\"launch\":\"10000000000000000\"}}}",
        "{\"snp\":{\"minimumTcb\":1}}",
        "{\"snp\":{\"minimumTcb\":{\"Milan\":{\"other\":1}}}}",
        "{\"snp\":{\"minimumTcb\":{\"Milan\":{\"launch\":{\"other\":1}}}}}",
        "{\"snp\":[]}",
        "{\"amdRootKey\":\"x\"}",
      })
  void aConfigThatSaysSomethingElseIsAnError(String config) throws Exception {
    var json = Json.object("config", config);
    assertThrows(MalformedException.class, () -> SnpConfig.parse(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "allow | singleSocket | none of [smt, migrationAgent, debug, cxl]",
        "require | debug | [singleSocket, memoryAes256Xts, raplOff, ciphertextHiding, pageSwapOff]",
        "platform | debug | [smt, tsme, ecc, raplOff, ciphertextHiding, aliasCheck, tio]",
        "roots | nobody | lists neither PEM nor the id of a trust anchor"
      })
  void aConfigIsToldWhatItCouldSay(String member, String value, String words) throws Exception {
    var config = Json.newObject();
    config.putObject("snp").putArray(member).add(value);
    var e = assertThrows(MalformedException.class, () -> SnpConfig.parse(config));
    assertTrue(e.getMessage().startsWith("snp." + member + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void aNumberThatIsAbsentIsNone() {
    var in = new ConfigReader("snp", Json.newObject());
    assertThrows(MalformedException.class, () -> in.number("minimumGuestSvn", 1));
  }

  @Test
  void aReportIsOfAVersionThatWeKnow() throws Exception {
    var old =
        ForgedSnp.with(
            f -> f.report.u32(SoftwareReport.VERSION, 1).set(SoftwareReport.CPUID, Bytes.zeros(3)));
    var e = assertThrows(MalformedException.class, () -> SnpReport.parse(old.signedReport()));
    assertEquals("version", e.field());
    var third =
        ForgedSnp.with(f ->
            f.report
                .u32(SoftwareReport.VERSION, 3)
                .u64(SoftwareReport.LAUNCH_MITIGATIONS, 0)
                .u64(SoftwareReport.CURRENT_MITIGATIONS, 0));
    assertEquals(
        Optional.of(ProductLine.GENOA), SnpReport.parse(third.signedReport()).lineByCpuid());
  }

  @Test
  void aConfigReachesToItsLimits() throws Exception {
    var config =
        SnpConfig.parse(
            Json.object(
                "config",
                """
                {"snp": {"vmpl": [3], "minimumGuestSvn": 4294967295, "chipIds": ["0102030405060708"],
                 "minimumTcb": {"Milan": {"snp": 255, "launch": {"snp": 0}}}, "revocation": null}}
                """));
    assertEquals(Set.of(3L), config.policy().vmpls());
    assertEquals(4294967295L, config.policy().minimumGuestSvn());
    assertEquals(Revocation.REQUIRED, config.revocation());
    assertEquals(
        Set.of(Bytes.concat(ForgedSnp.hex("0102030405060708"), Bytes.zeros(56))),
        config.policy().lists().get(ListedField.CHIP_ID));
    TcbMinimum minimum = config.policy().minimumTcb().get(ProductLine.MILAN);
    assertEquals(255, minimum.of(TcbMinimum.Kind.CURRENT).get(TcbVersion.Component.SNP));
    assertEquals(0, minimum.of(TcbMinimum.Kind.LAUNCH).get(TcbVersion.Component.SNP));
  }

  @Test
  void aConfigThatSaysNothingIsBasic() throws Exception {
    for (String config :
        new String[] {
          "{}", "{\"snp\":null}", "{\"snp\":{}}", "{\"snp\":{\"allow\":null,\"cspIds\":null}}"
        }) {
      SnpConfig parsed = SnpConfig.parse(Json.object("config", config));
      assertEquals(SnpRoots.AMD, parsed.roots());
      assertEquals(Set.of(), parsed.policy().cspIds());
    }
  }

  @Test
  void aDocumentReachesToItsLimits() throws Exception {
    SnpDocument good = SnpDocument.parse(ForgedSnp.genuine().document());
    SnpDocument most =
        new SnpDocument(good.report(), null, Bytes.zeros(1024), ForgedSnp.filled(64, 1));
    assertEquals(most, SnpDocument.parse(most.write()));
    for (SnpDocument more :
        new SnpDocument[] {
          new SnpDocument(good.report(), null, Bytes.zeros(1025), Bytes.EMPTY),
          new SnpDocument(good.report(), null, Bytes.EMPTY, ForgedSnp.filled(65, 1))
        }) {
      assertThrows(MalformedException.class, () -> SnpDocument.parse(more.write()));
    }
    var empty = Json.object("document", most.write()).put("CertTable", "");
    assertEquals(most, SnpDocument.parse(Bytes.ofUtf8(Json.line(empty))));
  }

  @Test
  void theContractsRootKeyIsPinned() throws Exception {
    var config = Json.newObject();
    config.put("amdRootKey", "");
    assertEquals(SnpRoots.AMD, SnpConfig.parse(config).roots());
    config.put("amdRootKey", Pem.encode(ForgedSnp.maker(SoftwareLine.TURIN).root()));
    assertEquals(1, SnpConfig.parse(config).roots().pins().size());
    config.putObject("snp").putArray("roots").add("amd-ark-milan");
    assertThrows(MalformedException.class, () -> SnpConfig.parse(config));
  }

  @Test
  void aMachineIsOfOneClusterUntilItReboots() throws Exception {
    var register = new ClusterFile(folder.resolve("run/cluster-id"));
    Bytes cluster = ForgedSnp.filled(32, 5);
    assertTrue(register.read().isAllZero());

    register.extend(cluster);
    assertEquals(register.expectedAfter(cluster), register.read());
    assertEquals(Optional.of(cluster), register.clusterId());
    assertThrows(IssueException.class, () -> register.extend(ForgedSnp.filled(32, 6)));
    assertEquals(Optional.of(cluster), register.clusterId());

    java.nio.file.Files.writeString(folder.resolve("run/cluster-id"), "00\n");
    assertThrows(IssueException.class, register::read);
  }

  @Test
  void privilegeLevelsAreAListOfSome() {
    for (JsonNode bad :
        new JsonNode[] {
          null,
          JsonNodeFactory.instance.numberNode(3),
          Json.newObject().put("level", 1),
          JsonNodeFactory.instance.arrayNode()
        }) {
      var e = assertThrows(MalformedException.class, () -> SnpConfig.vmpls("vmpl", bad));
      assertEquals("vmpl: must list at least one privilege level", e.getMessage());
    }
  }
}
