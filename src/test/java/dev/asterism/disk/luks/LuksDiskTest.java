package dev.asterism.disk.luks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import dev.asterism.testing.Tools;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class LuksDiskTest {
  private static final Secret FIRST = Disks.key(1);
  private static final Secret KEY = Disks.key(2);

  @TempDir Path directory;
  private Cryptsetup cryptsetup;
  private Path file;

  @BeforeEach
  void library() {
    cryptsetup = Disks.cryptsetup();
    file = directory.resolve("disk");
  }

  @Test
  void isFormattedAsTheContractHasIt() throws Exception {
    assumeTrue(Tools.isInstalled("cryptsetup"), "cryptsetup is not installed");
    try (LuksDisk disk = Disks.format(cryptsetup, file, FIRST)) {
      assertEquals(disk.uuid(), tool("luksUUID", file.toString()).strip());
    }

    ObjectNode json =
        Json.object("dump", tool("luksDump", "--dump-json-metadata", file.toString()));
    assertEquals("luks2", json.at("/keyslots/0/type").stringValue());
    assertEquals(64, json.at("/keyslots/0/key_size").intValue());
    assertEquals("argon2id", json.at("/keyslots/0/kdf/type").stringValue());
    assertEquals(32, json.at("/keyslots/0/kdf/memory").intValue());
    JsonNode segment = json.at("/segments/0");
    assertEquals("aes-xts-plain64", segment.get("encryption").stringValue());
    assertEquals(4096, segment.get("sector_size").intValue());
    assertEquals("0", segment.get("iv_tweak").stringValue());
    assertEquals(
        Json.object(
            "token",
            "{\"type\":\"constellation-state-disk\",\"keyslots\":[],\"diskIsInitialized\":false}"),
        json.at("/tokens/0"));
    assertEquals("pbkdf2", json.at("/digests/0/type").stringValue());
  }

  @Test
  void opensWithItsKeyAndNoOther() throws IOException {
    try (LuksDisk disk = Disks.format(cryptsetup, file, FIRST)) {
      assertTrue(disk.opens(FIRST));
      assertFalse(disk.opens(KEY));
    }
    try (LuksDisk disk = Disks.open(cryptsetup, file)) {
      assertTrue(disk.opens(FIRST));
      assertFalse(disk.opens(KEY));
      assertFalse(disk.authenticated());
    }
  }

  @Test
  void keepsItsMarker() throws IOException {
    try (LuksDisk disk = Disks.format(cryptsetup, file, FIRST)) {
      assertFalse(disk.initialized());
      disk.markInitialized(true);
      assertTrue(disk.initialized());
    }
    try (LuksDisk disk = Disks.open(cryptsetup, file)) {
      assertTrue(disk.initialized());
      disk.markInitialized(false);
    }
    try (LuksDisk disk = Disks.open(cryptsetup, file)) {
      assertFalse(disk.initialized());
      assertTrue(disk.opens(FIRST));
    }
  }

  @Test
  void changesItsKeyAndForgetsTheOldOne() throws Exception {
    try (LuksDisk disk = Disks.format(cryptsetup, file, FIRST)) {
      disk.changeKey(FIRST, KEY, Disks.CHEAP);
      assertTrue(disk.opens(KEY));
      assertFalse(disk.opens(FIRST));
      // The areas take turns.
      disk.changeKey(KEY, FIRST, Disks.CHEAP);
      disk.changeKey(FIRST, KEY, Disks.CHEAP);
    }
    try (LuksDisk disk = Disks.open(cryptsetup, file)) {
      assertTrue(disk.opens(KEY));
      assertFalse(disk.opens(FIRST));
    }
  }

  @Test
  void staysAsItIsWhereTheCurrentKeyIsWrong() throws IOException {
    try (LuksDisk disk = Disks.format(cryptsetup, file, FIRST)) {
      byte[] before = Files.readAllBytes(file);
      IOException e =
          assertThrows(IOException.class, () -> disk.changeKey(KEY, FIRST, Disks.CHEAP));
      assertTrue(e.getMessage().contains("passphrase does not open it"), e.getMessage());
      assertEquals(Bytes.of(before), Bytes.of(Files.readAllBytes(file)));
      assertTrue(disk.opens(FIRST));
    }
  }

  @Test
  void opensDisksThatTheCryptsetupCommandMade() throws Exception {
    assumeTrue(Tools.isInstalled("cryptsetup"), "cryptsetup is not installed");
    Path keyFile = directory.resolve("key");
    KEY.use(bytes -> {
      try {
        return Files.write(keyFile, bytes);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
    Disks.blank(file);
    tool(
        "luksFormat",
        "--type=luks2",
        "--batch-mode",
        "--sector-size=4096",
        "--cipher=aes-xts-plain64",
        "--key-size=512",
        "--pbkdf=argon2id",
        "--pbkdf-memory=65536",
        "--pbkdf-parallel=2",
        "--pbkdf-force-iterations=4",
        "--key-file=" + keyFile,
        file.toString());
    Path token = directory.resolve("token.json");
    Files.writeString(
        token,
        "{\"type\":\"constellation-state-disk\",\"keyslots\":[],\"diskIsInitialized\":true}");
    tool("token", "import", "--token-id=0", "--json-file=" + token, file.toString());

    try (LuksDisk disk = Disks.open(cryptsetup, file)) {
      assertTrue(disk.initialized());
      assertTrue(disk.opens(KEY));
      assertFalse(disk.opens(FIRST));
      disk.changeKey(KEY, FIRST, Disks.CHEAP);
    }
    Files.write(keyFile, FIRST.expose());
    tool("open", "--test-passphrase", "--key-file=" + keyFile, file.toString());
  }

  @Test
  void usesOnlyWhatItVerifiedWhateverTheHostWritesLater() throws IOException {
    Path other = directory.resolve("other");
    Disks.format(cryptsetup, other, KEY).close();
    try (LuksDisk disk = Disks.format(cryptsetup, file, FIRST)) {
      Files.copy(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      overwrite(file, Files.readAllBytes(other));

      assertTrue(disk.opens(FIRST));
      assertFalse(disk.opens(KEY));
    }
  }

  @Test
  void refusesTheHeaderOfADiskWhoseKeyTheHostKnows() throws IOException {
    // All fields are right, so only the volume key can tell: ours does not open it.
    try (LuksDisk disk = Disks.format(cryptsetup, file, FIRST)) {
      assertTrue(disk.opens(FIRST));
    }
    Path hosts = directory.resolve("hosts");
    Disks.format(cryptsetup, hosts, Disks.key(66)).close();
    overwrite(file, Files.readAllBytes(hosts));

    try (LuksDisk disk = Disks.open(cryptsetup, file)) {
      assertFalse(disk.opens(FIRST));
    }
  }

  @Test
  void refusesASwappedVolumeKeyByItsDigest() throws IOException {
    Path hosts = directory.resolve("hosts");
    Disks.format(cryptsetup, hosts, FIRST).close();
    String[] digest = new String[2];
    TestHeaders.tamper(
        hosts,
        json -> {
          digest[0] = json.at("/digests/0/digest").stringValue();
          digest[1] = json.at("/digests/0/salt").stringValue();
        });
    Disks.format(cryptsetup, file, FIRST).close();
    TestHeaders.tamper(
        file,
        json ->
            ((ObjectNode) json.at("/digests/0")).put("digest", digest[0]).put("salt", digest[1]));

    Bytes before = Bytes.of(Files.readAllBytes(file));
    try (LuksDisk disk = Disks.open(cryptsetup, file)) {
      assertFalse(disk.opens(FIRST));
      // Nor is a slot made for what came out of this one.
      IOException e =
          assertThrows(IOException.class, () -> disk.changeKey(FIRST, KEY, Disks.CHEAP));
      assertTrue(e.getMessage().contains("passphrase does not open it"), e.getMessage());
    }
    assertEquals(before, Bytes.of(Files.readAllBytes(file)));
  }

  @Test
  void opensADiskWithAuthenticatedSectors() throws Exception {
    // The tags need device-mapper, the header does not: a slot that holds the longer key.
    AuthenticatedHeader.make(cryptsetup, file, KEY);

    try (LuksDisk disk = Disks.open(cryptsetup, file)) {
      assertTrue(disk.authenticated());
      assertTrue(disk.opens(KEY));
      assertFalse(disk.opens(FIRST));
      disk.changeKey(KEY, FIRST, Disks.CHEAP);
      assertTrue(disk.opens(FIRST));
    }
    TestHeaders.tamper(file, json -> ((ObjectNode) json.at("/segments/0")).remove("integrity"));
    HeaderException e = assertThrows(HeaderException.class, () -> Disks.open(cryptsetup, file));
    assertEquals(HeaderCheck.VOLUME_KEY, e.violations().getFirst().check());
  }

  @Test
  void tellsBlankDisksFromForeignOnes() throws IOException {
    Disks.blank(file);
    assertInstanceOf(DiskContent.Blank.class, content());
    for (long place : new long[] {0, 1080, 65600, 15_000_000, Files.size(file) - 512}) {
      Disks.blank(file);
      try (var content = new RandomAccessFile(file.toFile(), "rw")) {
        content.seek(place);
        content.write(1);
      }
      assertInstanceOf(DiskContent.Foreign.class, content(), "byte " + place);
    }
    Files.write(file, new byte[4096]);
    assertThrows(IOException.class, this::content);
  }

  private DiskContent content() throws IOException {
    try (HeaderDisk disk = HeaderDisk.open(file)) {
      return DiskContent.read(disk, IntegrityRule.EITHER, MarkerRule.REQUIRED);
    }
  }

  @Test
  void saysWhatTheLibrarySaysWhereThereIsNoDeviceMapper() throws IOException {
    assumeTrue(
        !Files.exists(Path.of("/sys/class/misc/device-mapper")), "this machine maps devices");
    try (LuksDisk disk = Disks.format(cryptsetup, file, FIRST)) {
      CryptException e = assertThrows(CryptException.class, () -> disk.map("state", FIRST));
      assertTrue(e.getMessage().startsWith("libcryptsetup cannot open state: "), e.getMessage());
    }
  }

  private static void overwrite(Path file, byte[] content) throws IOException {
    try (var target = new RandomAccessFile(file.toFile(), "rw")) {
      target.write(content);
    }
  }

  private static String tool(String verb, String... arguments)
      throws IOException, InterruptedException {
    var command = new java.util.ArrayList<String>(java.util.List.of("cryptsetup", verb));
    command.addAll(java.util.List.of(arguments));
    Tools.Outcome outcome = Tools.run(command.toArray(String[]::new));
    assertEquals(0, outcome.exitCode(), outcome.output());
    return outcome.output();
  }
}
