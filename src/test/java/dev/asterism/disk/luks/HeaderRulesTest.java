package dev.asterism.disk.luks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class HeaderRulesTest {
  private static final String SLOT = "/keyslots/0";
  private static final String SEGMENT = "/segments/0";
  private static final String DIGEST = "/digests/0";
  private static final String TOKEN = "/tokens/0";

  @Test
  void takesADiskAsTheContractHasIt() {
    assertEquals(Set.of(), checks(TestHeaders.changed(json -> {})));
  }

  @Test
  void takesADiskWithoutIntegrityOnlyWhereTheNodeDoes() {
    LuksHeader plain = TestHeaders.changed(HeaderRulesTest::withoutIntegrity);

    assertEquals(Set.of(), checks(plain, IntegrityRule.ABSENT));
    assertEquals(Set.of(), checks(plain, IntegrityRule.EITHER));
    assertEquals(Set.of(HeaderCheck.INTEGRITY), checks(plain, IntegrityRule.REQUIRED));
    assertEquals(
        Set.of(HeaderCheck.INTEGRITY),
        checks(TestHeaders.changed(json -> {}), IntegrityRule.ABSENT));
  }

  @Test
  void takesCostsAtTheirBounds() {
    for (int memory : List.of(32, 1024 * 1024)) {
      assertEquals(
          Set.of(),
          checks(TestHeaders.changed(json -> at(json, SLOT + "/kdf").put("memory", memory))));
    }
  }

  static Stream<Arguments> attacks() {
    return Stream.of(
        attack(
            "null cipher on the data",
            HeaderCheck.CIPHER,
            json -> at(json, SEGMENT).put("encryption", "cipher_null-ecb")),
        attack(
            "null cipher on the key slot",
            HeaderCheck.KEYSLOT_CIPHER,
            json -> at(json, SLOT + "/area").put("encryption", "cipher_null-ecb")),
        attack(
            "another cipher on the data",
            HeaderCheck.CIPHER,
            json -> at(json, SEGMENT).put("encryption", "aes-cbc-essiv:sha256")),
        attack(
            "a short key for the key slot",
            HeaderCheck.KEYSLOT_CIPHER,
            json -> at(json, SLOT + "/area").put("key_size", 32)),
        attack(
            "a second key slot",
            HeaderCheck.KEYSLOT,
            json -> at(json, "/keyslots").set("1", at(json, SLOT).deepCopy())),
        attack("no key slot", HeaderCheck.KEYSLOT, json -> at(json, "/keyslots").remove("0")),
        attack(
            "another number of the key slot",
            HeaderCheck.KEYSLOT,
            json -> at(json, "/keyslots").set("1", at(json, "/keyslots").remove("0"))),
        attack(
            "a key slot of reencryption",
            HeaderCheck.KEYSLOT,
            json -> at(json, SLOT).put("type", "reencrypt")),
        attack(
            "a key slot with a priority",
            HeaderCheck.MEMBERS,
            json -> at(json, SLOT).put("priority", 0)),
        attack(
            "a weak split",
            HeaderCheck.KEYSLOT_AREA,
            json -> at(json, SLOT + "/af").put("stripes", 1)),
        attack(
            "a key area within the header",
            HeaderCheck.KEYSLOT_AREA,
            json -> at(json, SLOT + "/area").put("offset", "4096")),
        attack(
            "a key area within the data",
            HeaderCheck.KEYSLOT_AREA,
            json -> at(json, SLOT + "/area").put("offset", "16773120")),
        attack(
            "a key area of another size",
            HeaderCheck.KEYSLOT_AREA,
            json -> at(json, SLOT + "/area").put("size", "4096")),
        attack(
            "a key area of type journal",
            HeaderCheck.KEYSLOT_AREA,
            json -> at(json, SLOT + "/area").put("type", "journal")),
        attack(
            "another KDF", HeaderCheck.KDF, json -> at(json, SLOT + "/kdf").put("type", "argon2i")),
        attack(
            "too little memory",
            HeaderCheck.KDF,
            json -> at(json, SLOT + "/kdf").put("memory", 31)),
        attack(
            "too much memory",
            HeaderCheck.KDF,
            json -> at(json, SLOT + "/kdf").put("memory", 1024 * 1024 + 1)),
        attack(
            "iterations without end",
            HeaderCheck.KDF,
            json -> at(json, SLOT + "/kdf").put("time", 1001)),
        attack(
            "a broken number",
            HeaderCheck.KDF,
            json -> at(json, SLOT + "/kdf").put("memory", 32.5)),
        attack("many lanes", HeaderCheck.KDF, json -> at(json, SLOT + "/kdf").put("cpus", 5)),
        attack(
            "a short salt", HeaderCheck.KDF, json -> at(json, SLOT + "/kdf").put("salt", "AAAA")),
        attack(
            "a second segment",
            HeaderCheck.SEGMENT,
            json -> at(json, "/segments").set("1", at(json, SEGMENT).deepCopy())),
        attack(
            "a linear segment",
            HeaderCheck.SEGMENT,
            json -> at(json, SEGMENT).put("type", "linear")),
        attack(
            "a segment elsewhere",
            HeaderCheck.SEGMENT,
            json -> at(json, SEGMENT).put("offset", "16781312")),
        attack(
            "a segment of fixed size",
            HeaderCheck.SEGMENT,
            json -> at(json, SEGMENT).put("size", "4096")),
        attack(
            "another tweak", HeaderCheck.SEGMENT, json -> at(json, SEGMENT).put("iv_tweak", "8")),
        attack(
            "other sectors",
            HeaderCheck.SEGMENT,
            json -> at(json, SEGMENT).put("sector_size", 512)),
        attack(
            "flags of a reencryption on the segment",
            HeaderCheck.MEMBERS,
            json -> at(json, SEGMENT).putArray("flags").add("in-reencryption")),
        attack(
            "integrity taken off",
            HeaderCheck.VOLUME_KEY,
            json -> at(json, SEGMENT).remove("integrity"),
            IntegrityRule.EITHER),
        attack(
            "another integrity",
            HeaderCheck.INTEGRITY,
            json -> at(json, SEGMENT + "/integrity").put("type", "aead")),
        attack(
            "a journal of integrity",
            HeaderCheck.INTEGRITY,
            json -> at(json, SEGMENT + "/integrity").put("journal_integrity", "crc32")),
        attack(
            "a digest of another kind",
            HeaderCheck.DIGEST,
            json -> at(json, DIGEST).put("type", "sha256")),
        attack(
            "a digest of no segment",
            HeaderCheck.DIGEST,
            json -> at(json, DIGEST).putArray("segments")),
        attack(
            "a digest of a foreign key slot",
            HeaderCheck.DIGEST,
            json -> ((ArrayNode) at(json, DIGEST).get("keyslots")).add("1")),
        attack(
            "a second digest",
            HeaderCheck.DIGEST,
            json -> at(json, "/digests").set("1", at(json, DIGEST).deepCopy())),
        attack("a weak digest", HeaderCheck.DIGEST, json -> at(json, DIGEST).put("iterations", 1)),
        attack(
            "a digest of another hash",
            HeaderCheck.DIGEST,
            json -> at(json, DIGEST).put("hash", "sha1")),
        attack(
            "a short digest", HeaderCheck.DIGEST, json -> at(json, DIGEST).put("digest", "AAAA")),
        attack(
            "a foreign token",
            HeaderCheck.TOKEN,
            json -> at(json, TOKEN).put("type", "systemd-tpm2")),
        attack(
            "a token bound to the key slot",
            HeaderCheck.TOKEN,
            json -> ((ArrayNode) at(json, TOKEN).get("keyslots")).add("0")),
        attack("no token", HeaderCheck.TOKEN, json -> at(json, "/tokens").remove("0")),
        attack(
            "a second token",
            HeaderCheck.TOKEN,
            json -> at(json, "/tokens").set("1", at(json, TOKEN).deepCopy())),
        attack(
            "a token with more in it",
            HeaderCheck.MEMBERS,
            json -> at(json, TOKEN).put("blob", "")),
        attack(
            "a marker that is neither",
            HeaderCheck.TOKEN,
            json -> at(json, TOKEN).put("diskIsInitialized", "true")),
        attack(
            "a reencryption under way",
            HeaderCheck.REQUIREMENTS,
            json ->
                at(json, "/config")
                    .putObject("requirements")
                    .putArray("mandatory")
                    .add("online-reencrypt-v2")),
        attack(
            "flags for the activation",
            HeaderCheck.MEMBERS,
            json -> at(json, "/config").putArray("flags").add("allow-discards")),
        attack(
            "other sizes",
            HeaderCheck.CONFIG,
            json -> at(json, "/config").put("json_size", "4096")),
        attack("an unknown section", HeaderCheck.MEMBERS, json -> json.putObject("more")),
        attack("no digests", HeaderCheck.MEMBERS, json -> json.remove("digests")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void refusesEachAttackByOneCheck(
      String name, HeaderCheck expected, Consumer<ObjectNode> change, IntegrityRule rule) {
    assertEquals(Set.of(expected), checks(TestHeaders.changed(change), rule), name);
  }

  @Test
  void hasAnAttackForEachCheckOfTheMetadata() {
    var tried = EnumSet.noneOf(HeaderCheck.class);
    attacks().forEach(attack -> tried.add((HeaderCheck) attack.get()[1]));
    var elsewhere =
        EnumSet.of(
            HeaderCheck.BINARY,
            HeaderCheck.CHECKSUM,
            HeaderCheck.COPIES,
            HeaderCheck.JSON,
            HeaderCheck.UUID);
    assertEquals(EnumSet.complementOf(elsewhere), tried);
  }

  @Test
  void refusesAUuidThatCouldBeAnotherKeysName() {
    for (String uuid : List.of("measurementSecret", TestHeaders.UUID.toUpperCase(), "")) {
      HeaderCopy primary =
          TestHeaders.copy(BinaryHeader.Copy.PRIMARY, 3, uuid, TestHeaders.goodJson());
      var header =
          new LuksHeader(primary, primary.mirrored(), TestHeaders.goodJson(), Optional.empty());
      assertEquals(Set.of(HeaderCheck.UUID), checks(header));
    }
  }

  @Test
  void takesAVolumeOfTheNodeOnlyWithoutAToken() {
    LuksHeader volume = TestHeaders.changed(json -> at(json, "/tokens").remove("0"));

    assertEquals(
        List.of(), HeaderRules.violations(volume, IntegrityRule.REQUIRED, MarkerRule.ABSENT));
    assertFalse(
        HeaderRules.violations(
                TestHeaders.changed(json -> {}), IntegrityRule.REQUIRED, MarkerRule.ABSENT)
            .isEmpty());
  }

  private static void withoutIntegrity(ObjectNode json) {
    at(json, SEGMENT).remove("integrity");
    at(json, SLOT).put("key_size", 64);
    at(json, SLOT + "/area").put("size", "258048");
  }

  private static Set<HeaderCheck> checks(LuksHeader header) {
    return checks(header, IntegrityRule.REQUIRED);
  }

  private static Set<HeaderCheck> checks(LuksHeader header, IntegrityRule rule) {
    var checks = new TreeSet<HeaderCheck>();
    HeaderRules.violations(header, rule, MarkerRule.REQUIRED)
        .forEach(violation -> checks.add(violation.check()));
    return checks;
  }

  private static Arguments attack(String name, HeaderCheck expected, Consumer<ObjectNode> change) {
    return attack(name, expected, change, IntegrityRule.REQUIRED);
  }

  private static Arguments attack(
      String name, HeaderCheck expected, Consumer<ObjectNode> change, IntegrityRule rule) {
    return Arguments.of(name, expected, change, rule);
  }

  private static ObjectNode at(ObjectNode json, String pointer) {
    return (ObjectNode) json.at(pointer);
  }
}
