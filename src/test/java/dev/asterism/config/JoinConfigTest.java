package dev.asterism.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.testing.FakePlatform;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinConfigTest {
  private static final FakePlatform PLATFORM = new FakePlatform();
  private static final Bytes SALT = Bytes.zeros(32);
  private static final String PCR_4 = "{\"measurements\": {\"4\": \"" + "ab".repeat(32) + "\"}}";

  private static final Reloading.Listener NOBODY =
      new Reloading.Listener() {
        @Override
        public void reloaded(long generation) {}

        @Override
        public void rejected(String reason, long generation) {}
      };

  @TempDir private Path directory;

  @Test
  void readsPolicyAndSalt() throws Exception {
    JoinConfig config = JoinConfig.parse(PLATFORM, Bytes.ofUtf8(PCR_4), SALT);
    assertEquals(SALT, config.measurementSalt());
    assertEquals(Variant.QEMU_VTPM, config.policy().variant());
    assertEquals(
        Optional.of(Bytes.ofHex("pcr", "ab".repeat(32))),
        config.policy().measurements().expected(4));
  }

  @Test
  void watchesBothFilesOfTheMount() throws Exception {
    Files.writeString(directory.resolve("attestationConfig"), PCR_4);
    Files.write(directory.resolve("measurementSalt"), SALT.toArray());
    try (var watched = JoinConfig.watch(directory, PLATFORM, NOBODY, Reloading.DEFAULT_INTERVAL)) {
      assertEquals(1, watched.get().generation());
      assertEquals(SALT, watched.get().value().measurementSalt());
    }
  }

  @Test
  void refusesASaltOfAnotherLength() {
    for (int length : new int[] {0, 31, 33}) {
      assertRefused(
          "measurementSalt: must have 32 raw bytes, has " + length, PCR_4, Bytes.zeros(length));
    }
  }

  @Test
  void namesTheFileWhoseJsonIsBroken() {
    assertRefused("attestationConfig: is not well-formed JSON", "{", SALT);
  }

  @Test
  void namesTheMemberThatIsWrong() {
    assertRefused(
        "attestationConfig: measurements[\"4\"]", PCR_4.replace("\"4\"", "\"4\": 1, \"5\""), SALT);
  }

  @Test
  void sleepsForNoTimeAtAllOnlyByMistake() {
    assertThrows(
        IllegalArgumentException.class,
        () -> JoinConfig.watch(directory, PLATFORM, NOBODY, Duration.ZERO));
  }

  private static void assertRefused(String message, String json, Bytes salt) {
    var error =
        assertThrows(
            MalformedException.class, () -> JoinConfig.parse(PLATFORM, Bytes.ofUtf8(json), salt));
    assertTrue(error.getMessage().startsWith(message), error.getMessage());
  }

  private record Tdx(Variant variant, Measurements measurements) implements Policy {
    @Override
    public Policy with(Measurements changed) {
      return new Tdx(variant, changed);
    }

    @Override
    public Verifier verifier() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void warnsWhereNobodyCouldBeAdmitted() throws Exception {
    var none = new Measurements(new java.util.TreeMap<>());
    for (Variant variant : Variant.values()) {
      boolean tdx = variant == Variant.QEMU_TDX || variant == Variant.TDX;
      var config = new JoinConfig(new Tdx(variant, none), Bytes.zeros(32));
      assertEquals(tdx, config.warnings().toString().contains(variant.id()), variant.id());
    }
    var compatible =
        AdmissionPolicy.parse(
            Json.object("config", "{\"admission\": {\"profile\": \"compatible\"}}"));
    var config = new JoinConfig(new Tdx(Variant.TDX, none), Bytes.zeros(32), compatible);
    assertEquals(compatible.warnings(), config.warnings());
  }
}
