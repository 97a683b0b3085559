package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.snp.TcbMinimum.Kind;
import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.crypto.Pem;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What the contract says of SNP, with our own member beside it. */
class ContractSnpTest {
  private final ObjectNode config = Json.newObject();

  private ContractSnp parse() throws MalformedException {
    return ContractSnp.parse(config, Set.of(Kind.LAUNCH));
  }

  private Map<ProductLine, TcbMinimum> minima() throws MalformedException {
    return parse().config().policy().minimumTcb();
  }

  @Test
  void versionsAreTheMinimumOfMilansTcbThatIsAskedFor() throws Exception {
    assertEquals(Map.of(), minima());
    config.putNull("snpVersion");
    assertEquals(Map.of(), minima());
    config.put("bootloaderVersion", 3).put("teeVersion", 0).put("microcodeVersion", 255);
    assertEquals(Set.of(ProductLine.MILAN), minima().keySet());
    TcbMinimum milan = minima().get(ProductLine.MILAN);
    assertEquals(
        Map.of(Component.BOOT_LOADER, 3, Component.TEE, 0, Component.MICROCODE, 255),
        milan.of(Kind.LAUNCH));
    assertEquals(Map.of(), milan.of(Kind.CURRENT));
  }

  @Test
  void ourOwnMinimumCountsMore() throws Exception {
    config.put("snpVersion", 3);
    config.putObject("snp").putObject("minimumTcb").putObject("Milan").put("snp", 9);
    assertEquals(Map.of(Component.SNP, 9), minima().get(ProductLine.MILAN).of(Kind.LAUNCH));
  }

  @Test
  void aVersionIsANumber() {
    config.put("snpVersion", "latest");
    var e = assertThrows(MalformedException.class, this::parse);
    assertTrue(e.getMessage().contains("resolve latest"), e.getMessage());
    config.put("snpVersion", 256);
    assertThrows(MalformedException.class, this::parse);
  }

  @Test
  void certificatesOfTheContractTakeThePlaceOfThoseThatDoNotCome() throws Exception {
    assertEquals(CertificateSet.NONE, parse().certificates());
    config.put("amdSigningKey", " ").put("amdRootKey", "");
    assertEquals(CertificateSet.NONE, parse().certificates());
    ForgedSnp genuine = ForgedSnp.genuine();
    config.put("amdSigningKey", Pem.encode(genuine.intermediate));
    config.put("amdRootKey", Pem.encode(genuine.root));
    assertEquals(
        new CertificateSet(
            null, ForgedSnp.der(genuine.intermediate), ForgedSnp.der(genuine.root), null),
        parse().certificates());
  }

  @Test
  void aCallerMayJudgeTheProviderHimself() throws Exception {
    assertEquals(Set.of(), parse().config().policy().cspIds());
    assertNull(parse().ofAnyProvider().config().policy().cspIds());
  }
}
