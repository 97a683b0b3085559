package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.SimulatorServer;
import dev.asterism.testing.Tools;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tpm2-tools as an oracle: they check what our TPM signs, and drive it themselves. */
class Tpm2ToolsTest {
  private static final Digests BANK = Digests.SHA256;
  private static final Bytes NONCE = Bytes.ofUtf8("a nonce of ours");

  @TempDir Path directory;
  private final SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  @BeforeEach
  void toolsAreInstalled() {
    assumeTrue(Tools.isInstalled("tpm2_checkquote"), "tpm2-tools are not installed");
  }

  @Test
  void checkquoteAcceptsOurQuotes() throws Exception {
    for (Bytes template : List.of(AkTemplate.RSA_2048, AkTemplate.ECC_P256)) {
      writeQuote(template);
      Tools.Outcome outcome = checkquote(NONCE);
      assertEquals(0, outcome.exitCode(), outcome.output());
    }
  }

  @Test
  void checkquoteRefusesThemForAnotherNonce() throws Exception {
    writeQuote(AkTemplate.RSA_2048);
    assertNotEquals(0, checkquote(Bytes.ofUtf8("another nonce")).exitCode());
  }

  /** Those that need no HMAC session: our TPM has none. */
  @Test
  void theToolsDriveOurTpm() throws Exception {
    AttestationKey key = AttestationKey.of(tpm);
    try (TpmClient client = TpmClient.open(tpm)) {
      client.pcrEvent(9, NONCE);
      client.nv(0x01800042L).store(NONCE);
    }
    try (SimulatorServer server = new SimulatorServer(tpm)) {
      assertContains(pcr(9), run(server, "tpm2_pcrread", "sha256:9"));
      run(server, "tpm2_pcrextend", "9:sha256=" + BANK.of(NONCE));
      assertContains(pcr(9), run(server, "tpm2_pcrread", "sha256:9"));
      run(server, "tpm2_pcrreset", "16");

      run(server, "tpm2_readpublic", "-c", "0x81008f01", "-n", path("name"));
      assertArrayEquals(key.name().value().toArray(), Files.readAllBytes(Path.of(path("name"))));
      assertContains("0x81008F01", run(server, "tpm2_getcap", "handles-persistent"));
      assertContains("TPM2_PT_PCR_COUNT", run(server, "tpm2_getcap", "properties-fixed"));

      assertContains("size: " + NONCE.length(), run(server, "tpm2_nvreadpublic", "0x01800042"));
    }
  }

  private void writeQuote(Bytes template) throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.pcrEvent(4, NONCE);
      var key = client.createPrimary(Tpm2.RH_OWNER, template);
      var quote = client.quote(key.handle(), NONCE, BANK, PcrSelection.all());
      var values = client.pcrRead(BANK, PcrSelection.all());
      write("attest", quote.attest());
      write("signature", quote.signature());
      write("key", new ByteWriter().sized16be(key.publicArea()).toBytes());
      write("pcrs", toolsPcrs(List.copyOf(values.values())));
    }
  }

  /** What tpm2_quote saves: the tools' own structures, little endian, with all their padding. */
  private static Bytes toolsPcrs(List<Bytes> values) {
    int perList = 8;
    ByteWriter out = new ByteWriter();
    out.u32le(1).u16le(Tpm2.ALG_SHA256).u8(3).u8(0xff).u8(0xff).u8(0xff).u16le(0);
    out.bytes(Bytes.zeros(15 * 8));
    List<Bytes> left = new ArrayList<>(values);
    out.u32le((values.size() + perList - 1) / perList);
    while (!left.isEmpty()) {
      List<Bytes> some = left.subList(0, Math.min(perList, left.size()));
      out.u32le(some.size());
      for (int i = 0; i < perList; i++) {
        Bytes value = i < some.size() ? some.get(i) : Bytes.EMPTY;
        out.u16le(value.length()).bytes(value).bytes(Bytes.zeros(64 - value.length()));
      }
      some.clear();
    }
    return out.toBytes();
  }

  private Tools.Outcome checkquote(Bytes nonce) throws IOException, InterruptedException {
    return Tools.run(
        "tpm2_checkquote",
        "-u",
        path("key"),
        "-m",
        path("attest"),
        "-s",
        path("signature"),
        "-f",
        path("pcrs"),
        "-g",
        "sha256",
        "-q",
        nonce.hex());
  }

  private static String run(SimulatorServer server, String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of(command));
    all.add(1, "-T");
    all.add(2, server.tcti());
    Tools.Outcome outcome = Tools.run(all.toArray(String[]::new));
    assertEquals(0, outcome.exitCode(), String.join(" ", all) + "\n" + outcome.output());
    return outcome.output();
  }

  private static void assertContains(String expected, String output) {
    assertTrue(output.contains(expected), output);
  }

  private String pcr(int pcr) throws IOException {
    try (TpmClient client = TpmClient.open(tpm)) {
      String hex = client.pcrRead(BANK, Set.of(pcr)).get(pcr).hex();
      return "0x" + hex.toUpperCase(Locale.ROOT);
    }
  }

  private Path write(String name, Bytes content) throws IOException {
    return Files.write(directory.resolve(name), content.toArray());
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
