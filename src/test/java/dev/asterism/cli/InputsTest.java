package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.attestation.Variant;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class InputsTest {
  @TempDir Path temp;

  @Test
  void oneLineBreakAtTheEndOfASecretIsNobodysWish() throws Exception {
    assertSecret("word", "word");
    assertSecret("word", "word\n");
    assertSecret("word", "word\r\n");
    assertSecret("word\n", "word\n\n");
    assertSecret("\r", "\r");
    assertMalformed("--s: " + temp + "/s is empty", () -> assertSecret("", "\n"));
    assertMalformed("--s: " + temp + "/s is empty", () -> assertSecret("", ""));
  }

  @Test
  void saysWhichFileIsWrongAndHow() throws Exception {
    Path large = Files.write(temp.resolve("large"), new byte[4 * 1024 * 1024 + 1]);
    Path text = Files.writeString(temp.resolve("text"), "hello");

    assertMalformed("--f: " + temp + "/no does not exist", () -> file(temp.resolve("no")));
    assertMalformed("--f: " + large + " is larger than 4194304 bytes", () -> file(large));
    assertMalformed("--f: " + temp + " is a directory", () -> file(temp));
    assertMalformed(
        text + ": is not well-formed JSON (line 1, column 1)", () -> Inputs.json("--f", text));
  }

  @Test
  void hexHasALength() throws Exception {
    assertEquals("00ff", Inputs.hex("--x", "00FF", 2, 2).hex());
    assertMalformed("--x: must have 2 bytes (hex)", () -> Inputs.hex("--x", "00", 2, 2));
    assertMalformed("--x: must have 1 to 2 bytes (hex)", () -> Inputs.hex("--x", "", 1, 2));
  }

  @Test
  void flagAndConfigMustNotContradictEachOther() throws Exception {
    var config = Json.newObject().put("variant", "gcp-sev-es");

    assertNull(Inputs.agreedVariant(null, null));
    assertNull(Inputs.agreedVariant(null, Json.newObject()));
    assertEquals(Variant.GCP_SEV_ES, Inputs.agreedVariant(null, config));
    assertEquals(Variant.QEMU_VTPM, Inputs.agreedVariant("QEMU-vtpm", Json.newObject()));
    assertEquals(Variant.GCP_SEV_ES, Inputs.agreedVariant("gcp-sev-es", config));
    assertMalformed(
        "--attestation-variant: is qemu-vtpm where the config says gcp-sev-es",
        () -> Inputs.agreedVariant("qemu-vtpm", config));
  }

  @ParameterizedTest
  @CsvSource({"500ms, 500", "30s, 30000", "2m, 120000", "24h, 86400000"})
  void readsDurations(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), new DurationConverter().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "s", "0s", "-1s", "25h", "1d", "1.5s", "999999999s", "30 s"})
  void refusesWhatIsNoDuration(String text) {
    assertThrows(TypeConversionException.class, () -> new DurationConverter().convert(text));
  }

  private void assertSecret(String expected, String content) throws Exception {
    Path file = Files.writeString(temp.resolve("s"), content);
    try (Secret secret = Inputs.secret("--s", file)) {
      assertEquals(Secret.copyOf(expected.getBytes(StandardCharsets.UTF_8)), secret);
    }
  }

  private static void file(Path path) throws MalformedException {
    Inputs.file("--f", path);
  }

  private static void assertMalformed(String message, Executable what) {
    assertEquals(message, assertThrows(MalformedException.class, what).getMessage());
  }
}
