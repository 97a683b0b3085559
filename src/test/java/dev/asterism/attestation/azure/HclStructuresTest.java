package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.azure.HclReport.Hardware;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class HclStructuresTest {
  private static final PublicKey KEY = ForgedVtpm.keyPair("RSA").getPublic();

  private static HclReport parse(Consumer<ForgedHcl> change) throws MalformedException {
    return HclReport.parse(ForgedHcl.with(ForgedHcl.SNP, KEY, change).report(Bytes.zeros(1184)));
  }

  @Test
  void readsWhatIsInside() throws Exception {
    ForgedHcl forged = ForgedHcl.with(ForgedHcl.TDX, KEY, f -> {});
    Bytes td = Bytes.concat(Bytes.ofUtf8("td"), Bytes.zeros(1022));
    HclReport report = HclReport.parse(forged.report(td));
    assertEquals(new HclReport(Hardware.TDX, td, forged.runtimeData()), report);
    assertEquals(Hardware.SNP, parse(f -> {}).hardware());
    assertEquals(1184, parse(f -> {}).hardwareReport().length());
  }

  @TestFactory
  Stream<DynamicTest> refusesEachFieldThatIsNotAsItMustBe() {
    return Stream.of(
            named("signature", f -> f.header = Bytes.concat(Bytes.ofUtf8("HCLB"), Bytes.zeros(28))),
            named("version", f -> f.version = 2),
            named("reportType", f -> f.reportType = 3),
            named("hashType", f -> f.hashType = 2),
            named("runtimeData", f -> f.runtimeDataSize = 0xffffffffL),
            named("runtime", f -> f.dataSize = 0xffffffffL),
            named("runtime", f -> f.dataSize = 3L),
            named("runtimeDataSize", f -> f.dataSize = 19L),
            named("runtime", f -> f.runtimeDataSize = f.runtimeData().length() - 1L),
            named("HCL report", f -> f.padding = Bytes.ofUtf8("\0more")))
        .map(c ->
            DynamicTest.dynamicTest(
                c.field(),
                () -> {
                  String message =
                      assertThrows(MalformedException.class, () -> parse(c.change())).getMessage();
                  assertTrue(
                      message.startsWith(c.field() + " ") || message.startsWith(c.field() + ":"),
                      message);
                }));
  }

  private record Case(String field, Consumer<ForgedHcl> change) {}

  private static Case named(String field, Consumer<ForgedHcl> change) {
    return new Case(field, change);
  }

  @Test
  void noPrefixPassesForTheWhole() throws Exception {
    Bytes whole =
        ForgedHcl.with(ForgedHcl.SNP, KEY, f -> f.padding = Bytes.EMPTY).report(Bytes.zeros(1184));
    HclReport.parse(whole);
    for (int length = 0; length < whole.length(); length++) {
      Bytes prefix = whole.slice(0, length);
      assertThrows(MalformedException.class, () -> HclReport.parse(prefix), "at " + length);
    }
  }

  private static RuntimeData claims(Consumer<ObjectNode> change) throws MalformedException {
    return RuntimeData.parse(
        ForgedHcl.with(ForgedHcl.SNP, KEY, f -> change.accept(f.claims)).runtimeData());
  }

  private static ObjectNode ak(ObjectNode claims) {
    return (ObjectNode) claims.get("keys").get(0);
  }

  @Test
  void readsTheAttestationKeyWhereverItStands() throws Exception {
    PublicKey other = ForgedVtpm.keyPair("other RSA").getPublic();
    assertEquals(KEY, claims(c -> {}).ak());
    RuntimeData last =
        claims(c ->
            c.putArray("keys")
                .add(ForgedHcl.jwk("HCLEkPub", other))
                .add(ForgedHcl.jwk("HCLAkPub", KEY)));
    assertEquals(KEY, last.ak());
    assertEquals(KEY, claims(c -> ak(c).remove("key_ops")).ak());
    assertEquals(KEY, claims(c -> ak(c).putArray("key_ops").add("encrypt")).ak());
    assertEquals(KEY, claims(c -> others(c, 16 - c.get("keys").size())).ak());
  }

  private static void others(ObjectNode claims, int count) {
    for (int i = 0; i < count; i++) {
      ((ArrayNode) claims.get("keys")).add(ForgedHcl.jwk("other", KEY));
    }
  }

  @Test
  void theUserDataMayBeMissing() throws Exception {
    assertEquals(64, claims(c -> {}).userData().length());
    assertNull(claims(c -> c.remove("user-data")).userData());
  }

  @TestFactory
  Stream<DynamicTest> refusesClaimsThatNameNoKeyOrTwo() {
    List<Consumer<ObjectNode>> bad =
        List.of(
            c -> c.remove("keys"),
            c -> c.put("keys", "HCLAkPub"),
            c -> ((ArrayNode) c.get("keys")).add(1),
            c -> ((ArrayNode) c.get("keys")).add(ForgedHcl.jwk("HCLAkPub", KEY)),
            c -> ak(c).put("kid", "HCLEkPub"),
            c -> ak(c).put("kty", "EC"),
            c -> ak(c).remove("n"),
            c -> ak(c).put("n", ak(c).get("n").stringValue() + "=="),
            c -> ak(c).put("n", "+/+/"),
            c -> ak(c).put("n", "AAAA"),
            c -> ak(c).put("e", "AQ"),
            c -> c.put("user-data", "xy"),
            c -> others(c, 17 - c.get("keys").size()));
    return bad.stream()
        .map(change ->
            DynamicTest.dynamicTest(
                "claims " + bad.indexOf(change),
                () -> assertThrows(MalformedException.class, () -> claims(change))));
  }
}
