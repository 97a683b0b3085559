package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Variant;
import dev.asterism.wire.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

class ConfigCommandTest {
  @TempDir Path folder;

  private static String generated(Variant variant) {
    StringWriter out = new StringWriter();
    int code =
        AsterismCommand.commandLine()
            .setOut(new PrintWriter(out))
            .execute("config", "generate", "--variant", variant.id());
    assertEquals(0, code);
    return out.toString();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SEV_SNP")
  void whatIsGeneratedTakesNoMachine(Variant variant) throws Exception {
    ObjectNode config = Json.object("config", generated(variant));
    var policy = Platforms.of(variant, Vendors.NONE).policy(config);
    var values = policy.measurements().byIndex().values();

    assertFalse(values.isEmpty());
    assertTrue(values.stream().noneMatch(m -> m.warnOnly() || m.expected().isAllZero()));
    assertTrue(bindsTheKey(variant, config), config::toString);
    assertFalse(config.at("/akTrust/mode").asString("").equals("any"));
  }

  /** By the one member that says whose word counts. */
  private static boolean bindsTheKey(Variant variant, ObjectNode config) {
    return switch (variant) {
      case QEMU_VTPM, AZURE_TDX, AZURE_TRUSTEDLAUNCH, GCP_SEV_SNP, GCP_SEV_ES ->
          config.has("akTrust");
      case AZURE_SEV_SNP -> config.has("firmwareSignerConfig");
      case AWS_SEV_SNP, AWS_NITRO_TPM -> config.has("nitroDocument");
      case QEMU_TDX, TDX, SEV_SNP -> !config.has("akTrust");
    };
  }

  @Test
  void whatIsGeneratedForSnpListsNoMeasurement() throws Exception {
    ObjectNode config = Json.object("config", generated(Variant.SEV_SNP));

    assertTrue(config.at("/snp/measurements").isArray());
    assertTrue(config.at("/snp/measurements").isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsGeneratedIsValid(Variant variant) throws Exception {
    Path file = Files.writeString(folder.resolve("config.json"), generated(variant));
    StringWriter out = new StringWriter();
    int code =
        AsterismCommand.commandLine()
            .setOut(new PrintWriter(out))
            .execute("config", "validate", file.toString());

    assertEquals(0, code);
    assertTrue(out.toString().endsWith("a good config of " + variant.id() + "\n"), out.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"variant":"qemu-vtpm","measurements":{"4":{"expected":"00"}}} | measurements["4"]
          {"variant":"qemu-vtpm","measurements":{},"admission":{"profile":"x"}} | admission.profile
          { | is not well-formed JSON
          """)
  void whatIsWrongIsNamedWithFileAndMember(String config, String member) throws Exception {
    Path file = Files.writeString(folder.resolve("config.json"), config);
    StringWriter err = new StringWriter();
    int code =
        AsterismCommand.commandLine()
            .setErr(new PrintWriter(err))
            .execute("config", "validate", file.toString());

    assertEquals(2, code);
    assertTrue(
        err.toString().startsWith("asterism config validate: " + file + ": " + member),
        err.toString());
  }
}
