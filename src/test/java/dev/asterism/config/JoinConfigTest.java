package dev.asterism.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Variant;
import dev.asterism.testing.FakePlatform;
import dev.asterism.wire.Bytes;
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
}
