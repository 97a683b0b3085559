package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.MalformedException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** TCB info and QE identity that Intel might sign and we could not read. */
class CollateralJsonTest {
  private static TcbInfo info(Consumer<ObjectNode> change) throws MalformedException {
    ForgedTdx forged = ForgedTdx.with(f -> change.accept(f.tcbInfo));
    return TcbInfo.of(
        SignedJson.parse(TcbInfo.MEMBER, forged.vendor.signed(TcbInfo.MEMBER, forged.tcbInfo)));
  }

  private static QeIdentity identity(Consumer<ObjectNode> change) throws MalformedException {
    ForgedTdx forged = ForgedTdx.with(f -> change.accept(f.qeIdentity));
    return QeIdentity.of(
        SignedJson.parse(
            QeIdentity.MEMBER, forged.vendor.signed(QeIdentity.MEMBER, forged.qeIdentity)));
  }

  private static void refused(String field, Consumer<ObjectNode> change) {
    var e = assertThrows(MalformedException.class, () -> info(change));
    assertEquals(field, e.field());
  }

  private static ObjectNode level(ObjectNode info) {
    return (ObjectNode) info.get("tcbLevels").get(0);
  }

  private static ArrayNode components(ObjectNode info, String member) {
    return (ArrayNode) level(info).get("tcb").get(member);
  }

  @ParameterizedTest
  @CsvSource({"version, 65535", "tcbType, 65535", "tcbEvaluationDataNumber, 2147483647"})
  void numbersReachToTheirLimits(String member, int most) throws Exception {
    info(i -> i.put(member, most));
    info(i -> i.put(member, 0));
    refused(member, i -> i.put(member, -1));
    refused(member, i -> i.put(member, most + 1L));
    refused(member, i -> i.put(member, "1"));
    refused(member, i -> i.put(member, 1.5));
    refused(member, i -> i.remove(member));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgxtcbcomponents", "tdxtcbcomponents"})
  void thereAreSixteenComponents(String member) throws Exception {
    info(i -> ((ObjectNode) components(i, member).get(0)).put("svn", 255));
    refused("svn", i -> ((ObjectNode) components(i, member).get(0)).put("svn", 256));
    refused(member, i -> components(i, member).remove(0));
    refused(member, i -> components(i, member).addObject().put("svn", 0));
    refused(member, i -> components(i, member).set(0, "svn"));
    refused(member, i -> ((ObjectNode) level(i).get("tcb")).put(member, 1));
  }

  @Test
  void periodsDoNotEndBeforeTheyBegin() throws Exception {
    String from = ForgedTdx.FROM.toString();
    assertEquals(ForgedTdx.FROM, info(i -> i.put("nextUpdate", from)).period().to());
    refused("nextUpdate", i -> i.put("nextUpdate", ForgedTdx.FROM.minusSeconds(1).toString()));
    refused("issueDate", i -> i.put("issueDate", "yesterday"));
  }

  @Test
  void advisoriesAreFewAndShort() throws Exception {
    assertEquals(
        64,
        info(i -> level(i).putArray("advisoryIDs").add("x".repeat(64)))
            .levels()
            .getFirst()
            .assessment()
            .advisories()
            .getFirst()
            .length());
    info(i -> level(i).putNull("advisoryIDs"));
    refused("advisoryIDs", i -> level(i).putArray("advisoryIDs").add("x".repeat(65)));
    refused("advisoryIDs", i -> level(i).putArray("advisoryIDs").add(1));
    refused("advisoryIDs", i -> level(i).put("advisoryIDs", "x"));
    info(i -> many(level(i).putArray("advisoryIDs"), 256));
    refused("advisoryIDs", i -> many(level(i).putArray("advisoryIDs"), 257));
  }

  private static void many(ArrayNode list, int count) {
    for (int n = 0; n < count; n++) {
      list.add("x");
    }
  }

  @Test
  void levelsAreKnownAndFew() throws Exception {
    refused("tcbStatus", i -> level(i).put("tcbStatus", "Fine"));
    refused("tcbDate", i -> level(i).put("tcbDate", "x"));
    assertEquals(256, info(i -> levels(i, 256)).levels().size());
    refused("tcbLevels", i -> levels(i, 257));
    refused("tcbLevels", i -> i.putArray("tcbLevels").add(1));
    refused("tcbLevels", i -> i.put("tcbLevels", 1));
    refused("pcesvn", i -> ((ObjectNode) level(i).get("tcb")).put("pcesvn", 65536));
    info(i -> ((ObjectNode) level(i).get("tcb")).put("pcesvn", 65535));
  }

  private static void levels(ObjectNode info, int count) {
    ObjectNode one = level(info);
    ArrayNode all = info.putArray("tcbLevels");
    for (int n = 0; n < count; n++) {
      all.add(one);
    }
  }

  @Test
  void modulesAreFew() throws Exception {
    assertEquals(64, info(i -> modules(i, 64)).moduleIdentities().size());
    refused("tdxModuleIdentities", i -> modules(i, 65));
    assertEquals(0, info(i -> i.remove("tdxModuleIdentities")).moduleIdentities().size());
    refused("attributes", i -> ((ObjectNode) i.get("tdxModule")).put("attributes", "00"));
    refused("mrsigner", i -> ((ObjectNode) i.get("tdxModule")).put("mrsigner", "00"));
    refused("fmspc", i -> i.put("fmspc", "00"));
    refused("pceId", i -> i.put("pceId", "000000"));
  }

  private static void modules(ObjectNode info, int count) {
    var one = info.get("tdxModuleIdentities").get(0);
    ArrayNode all = info.putArray("tdxModuleIdentities");
    for (int n = 0; n < count; n++) {
      all.add(one);
    }
  }

  @Test
  void modulesAreKnownByTheirVersion() throws Exception {
    TdxModule one = info(i -> {}).moduleIdentities().getFirst();
    for (String id : new String[] {"TDX_1f", "TDX_1F"}) {
      TdxModule module =
          new TdxModule(id, one.mrSigner(), one.attributes(), one.attributesMask(), one.levels());
      assertEquals(0x1f, only(module));
    }
    for (String id : new String[] {"TDX_001", "TDX_1", "TDY_01", "TDX_", "TDX_x1", "TDX_1x", ""}) {
      TdxModule module =
          new TdxModule(id, one.mrSigner(), one.attributes(), one.attributesMask(), one.levels());
      assertEquals(-1, only(module), id);
    }
  }

  /** The only version that it is of; -1 where there is none. */
  private static int only(TdxModule module) {
    int found = -1;
    for (int version = 0; version < 256; version++) {
      if (module.isOfVersion(version)) {
        assertEquals(-1, found);
        found = version;
      }
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"miscselect", "miscselectMask", "attributes", "attributesMask", "mrsigner"})
  void anIdentityHasItsLengths(String member) {
    var e = assertThrows(MalformedException.class, () -> identity(i -> i.put(member, "0011")));
    assertEquals(member, e.field());
    assertThrows(MalformedException.class, () -> identity(i -> i.put("isvprodid", 65536)));
    assertThrows(
        MalformedException.class,
        () ->
            identity(i ->
                ((ObjectNode) i.get("tcbLevels").get(0)).putObject("tcb").put("isvsvn", 65536)));
  }
}
