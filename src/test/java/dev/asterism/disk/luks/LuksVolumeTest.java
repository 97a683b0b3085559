package dev.asterism.disk.luks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class LuksVolumeTest {
  private static final LuksVolume.DataKey KEY = () -> Disks.key(5);

  /** For what has to be refused before anybody is asked. */
  private static final LuksVolume.DataKey UNASKED =
      () -> {
        throw new AssertionError("the key-service is asked");
      };

  @TempDir Path directory;
  private Path file;
  private LuksVolume volume;

  @BeforeEach
  void library() throws IOException {
    Cryptsetup cryptsetup = Disks.cryptsetup();
    file = Disks.blank(directory.resolve("volume"));
    volume = new LuksVolume(cryptsetup, file, IntegrityRule.ABSENT);
  }

  @Test
  void isFormattedOnce() throws Exception {
    String uuid = volume.format(Disks.CHEAP, false, KEY, part -> {});
    assertTrue(uuid.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), uuid);
    Bytes before = Bytes.of(Files.readAllBytes(file));
    IOException e =
        assertThrows(
            IOException.class, () -> volume.format(Disks.CHEAP, true, UNASKED, part -> {}));
    assertTrue(e.getMessage().contains("is an encrypted volume already"), e.getMessage());
    assertEquals(before, Bytes.of(Files.readAllBytes(file)));
  }

  @Test
  void isKeptWhereAnotherIntegrityIsAskedFor() throws Exception {
    volume.format(Disks.CHEAP, false, KEY, part -> {});
    var other = new LuksVolume(Disks.cryptsetup(), file, IntegrityRule.REQUIRED);
    IOException e =
        assertThrows(IOException.class, () -> other.format(Disks.CHEAP, true, UNASKED, part -> {}));
    assertTrue(e.getMessage().contains("is an encrypted volume already"), e.getMessage());
  }

  @Test
  void opensWithItsOwnDataKeyOnly() throws Exception {
    volume.format(Disks.CHEAP, false, KEY, part -> {});
    IOException e = assertThrows(IOException.class, () -> volume.open("v", () -> Disks.key(6)));
    assertTrue(e.getMessage().contains("is it the id of another volume?"), e.getMessage());
  }

  @Test
  void isNoStateDisk() throws Exception {
    try (Secret key = KEY.get()) {
      Disks.format(Disks.cryptsetup(), file, key).close();
    }
    IOException e = assertThrows(IOException.class, () -> volume.open("v", UNASKED));
    assertTrue(e.getMessage().contains("token: tokens"), e.getMessage());
  }

  @Test
  void mustBeFormattedFirst() {
    IOException e = assertThrows(IOException.class, () -> volume.open("v", UNASKED));
    assertTrue(e.getMessage().contains("is blank"), e.getMessage());
  }

  @Test
  void isRefusedWithAHeaderThatTheHostChangedBeforeAnybodyIsAskedForAKey() throws Exception {
    volume.format(Disks.CHEAP, false, KEY, part -> {});
    TestHeaders.tamper(
        file, json -> ((ObjectNode) json.at("/segments/0")).put("encryption", "cipher_null-ecb"));
    IOException e = assertThrows(IOException.class, () -> volume.open("v", UNASKED));
    assertTrue(e.getMessage().contains("is no encrypted volume of ours"), e.getMessage());
  }

  @Test
  void leavesWhatElseLiesThereUnlessToldNotTo() throws Exception {
    byte[] foreign = Files.readAllBytes(file);
    foreign[1080] = 0x53;
    Files.write(file, foreign);
    IOException e =
        assertThrows(
            IOException.class, () -> volume.format(Disks.CHEAP, false, UNASKED, part -> {}));
    assertTrue(e.getMessage().contains("--format-foreign"), e.getMessage());
    assertEquals(Bytes.of(foreign), Bytes.of(Files.readAllBytes(file)));

    volume.format(Disks.CHEAP, true, KEY, part -> {});
    IOException again =
        assertThrows(
            IOException.class, () -> volume.format(Disks.CHEAP, false, UNASKED, part -> {}));
    assertTrue(again.getMessage().contains("is an encrypted volume already"), again.getMessage());
  }

  @Test
  void staysAsItIsWhereThereIsNoKey() throws Exception {
    Bytes blank = Bytes.of(Files.readAllBytes(file));
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                volume.format(
                    Disks.CHEAP,
                    false,
                    () -> {
                      throw new IOException("away");
                    },
                    part -> {}));
    assertEquals("away", e.getMessage());
    assertEquals(blank, Bytes.of(Files.readAllBytes(file)));
  }

  @Test
  void isTheFirstOnesWhereTwoFormatItAtOnce() throws Exception {
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                volume.format(
                    Disks.CHEAP,
                    false,
                    () -> {
                      volume.format(Disks.CHEAP, false, KEY, part -> {});
                      return Secret.copyOf(new byte[32]);
                    },
                    part -> {}));
    assertTrue(e.getMessage().contains("by somebody else meanwhile"), e.getMessage());

    try (HeaderDisk disk = HeaderDisk.open(file);
        Secret key = KEY.get();
        LuksDisk luks =
            LuksDisk.open(
                Disks.cryptsetup(),
                file,
                disk,
                (DiskContent.Ours)
                    DiskContent.read(disk, IntegrityRule.ABSENT, HeaderRules.MarkerRule.ABSENT),
                IntegrityRule.ABSENT,
                HeaderRules.MarkerRule.ABSENT)) {
      assertTrue(luks.opens(key));
    }
  }

  @Test
  void isBlankUntilItsHeaderIsWrittenLast() throws Exception {
    try (HeaderDisk disk = HeaderDisk.open(file);
        Secret key = KEY.get();
        LuksDisk prepared =
            LuksDisk.prepare(Disks.cryptsetup(), file, disk, Disks.CHEAP, MarkerRule.ABSENT, key)) {
      IOException e = assertThrows(IOException.class, () -> volume.open("v", UNASKED));
      assertTrue(e.getMessage().contains("is blank"), e.getMessage());
      prepared.writeHeader();
    }
    IOException e = assertThrows(IOException.class, () -> volume.open("v", () -> Disks.key(6)));
    assertTrue(e.getMessage().contains("is it the id of another volume?"), e.getMessage());
  }

  @Test
  void keepsItsSizeWhereItHasIntegrity() throws Exception {
    try (Secret key = KEY.get()) {
      AuthenticatedHeader.make(Disks.cryptsetup(), file, key);
    }
    TestHeaders.tamper(file, json -> ((ObjectNode) json.get("tokens")).removeAll());
    var authenticated = new LuksVolume(Disks.cryptsetup(), file, IntegrityRule.REQUIRED);
    IOException e = assertThrows(IOException.class, () -> authenticated.resize("v", UNASKED));
    assertTrue(e.getMessage().contains("such a volume keeps its size"), e.getMessage());
  }
}
