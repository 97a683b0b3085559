package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Endorsement;
import dev.asterism.testing.ForgedMaa;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens and keys of Microsoft's attestation service. */
class MaaTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final ForgedMaa maa = new ForgedMaa(NOW);

  private MaaToken token() throws MalformedException {
    return MaaToken.parse(maa.token());
  }

  @Test
  void aTokenIsOfOneKeyAndNoOther() throws Exception {
    assertTrue(token().isSignedBy(maa.signer.getPublic()));
    for (String other : new String[] {"other RSA", "secp256r1"}) {
      assertFalse(token().isSignedBy(ForgedVtpm.keyPair(other).getPublic()), other);
    }
    maa.tail = "AAAA";
    assertFalse(token().isSignedBy(maa.signer.getPublic()));
  }

  @Test
  void whatIsTooLongIsNotLookedAt() {
    assertEquals("MAA token: is not header, claims and signature", refusal(64 * 1024));
    assertEquals("MAA token: is longer than 65536 characters", refusal(64 * 1024 + 1));
  }

  private static String refusal(int length) {
    var e = assertThrows(MalformedException.class, () -> MaaToken.parse("x".repeat(length)));
    return String.valueOf(e.getMessage());
  }

  @Test
  void aTimeIsAWholeNumberOfSeconds() throws Exception {
    maa.claims
        .put("good", 1)
        .put("zero", 0)
        .put("late", 1L << 31)
        .put("negative", -1)
        .put("text", "1")
        .put("real", 1.0)
        .put("part", 1.5);
    assertEquals(Instant.ofEpochSecond(1), token().time("good"));
    for (String bad : new String[] {"zero", "late", "negative", "text", "real", "part", "absent"}) {
      assertEquals(Instant.EPOCH, token().time(bad), bad);
    }
  }

  @Test
  void aKeyCountsInItsTime() throws Exception {
    MaaKeys keys = MaaKeys.parse(maa.keys());
    for (int seconds : new int[] {-50, 50}) {
      assertTrue(keys.find("key-1", NOW.plusSeconds(seconds)).isPresent());
      assertFalse(keys.find("key-1", NOW.plusSeconds(seconds + seconds / 50)).isPresent());
    }
    assertFalse(keys.find("key-2", NOW).isPresent());
  }

  @Test
  void aSetOfKeysCountsWhileAllOfThemDo() throws Exception {
    ForgedMaa late = new ForgedMaa(NOW.plusSeconds(20));
    ObjectNode set = Json.object("keys", maa.keys());
    JsonNode first = set.get("keys").get(0);
    JsonNode second = Json.object("keys", late.keys()).get("keys").get(0);
    for (List<JsonNode> order : List.of(List.of(first, second), List.of(second, first))) {
      set.putArray("keys").addAll(order);
      Endorsement endorsement = Endorsement.of(Bytes.ofUtf8(Json.line(set)));
      var life = MaaKeys.request("maa.example").inspection().inspect(endorsement);
      assertEquals(new Endorsement.Life(NOW.minusSeconds(30), NOW.plusSeconds(50), true), life);
    }
  }

  @Test
  void keysHaveTheirForm() throws Exception {
    ObjectNode set = Json.object("keys", maa.keys());
    ArrayNode list = (ArrayNode) set.get("keys");
    ObjectNode one = (ObjectNode) list.get(0);
    while (list.size() < 64) {
      list.add(one);
    }
    assertEquals(64, parse(set).keys().size());
    list.add(one);
    assertMalformed(set);
    set.putArray("keys");
    assertMalformed(set);
    set.put("keys", "none");
    assertMalformed(set);
    set.putArray("keys").add("none");
    assertMalformed(set);
    set.putArray("keys").add(one.deepCopy().put("x5c", "none"));
    assertMalformed(set);
    ObjectNode bare = one.deepCopy();
    bare.putArray("x5c");
    set.putArray("keys").add(bare);
    assertMalformed(set);
  }

  private static MaaKeys parse(ObjectNode set) throws MalformedException {
    return MaaKeys.parse(Bytes.ofUtf8(Json.line(set)));
  }

  private static void assertMalformed(ObjectNode set) {
    assertThrows(MalformedException.class, () -> parse(set), set::toString);
  }
}
