package dev.asterism.disk.luks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuksVolumeTest {
  private static final Secret KEY = Disks.key(5);

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
  void isFormattedOnce() throws IOException {
    String uuid = volume.format(Disks.CHEAP, false, KEY, part -> {});
    assertTrue(uuid.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), uuid);
    Bytes before = Bytes.of(Files.readAllBytes(file));
    IOException e =
        assertThrows(IOException.class, () -> volume.format(Disks.CHEAP, true, KEY, part -> {}));
    assertTrue(e.getMessage().contains("is an encrypted volume already"), e.getMessage());
    assertEquals(before, Bytes.of(Files.readAllBytes(file)));
  }

  @Test
  void isKeptWhereAnotherIntegrityIsAskedFor() throws IOException {
    volume.format(Disks.CHEAP, false, KEY, part -> {});
    var other = new LuksVolume(Disks.cryptsetup(), file, IntegrityRule.REQUIRED);
    IOException e =
        assertThrows(IOException.class, () -> other.format(Disks.CHEAP, true, KEY, part -> {}));
    assertTrue(e.getMessage().contains("is an encrypted volume already"), e.getMessage());
  }

  @Test
  void opensWithItsOwnDataKeyOnly() throws IOException {
    volume.format(Disks.CHEAP, false, KEY, part -> {});
    IOException e = assertThrows(IOException.class, () -> volume.open("v", Disks.key(6)));
    assertTrue(e.getMessage().contains("is it the id of another volume?"), e.getMessage());
  }

  @Test
  void isNoStateDisk() throws IOException {
    Disks.format(Disks.cryptsetup(), file, KEY).close();
    IOException e = assertThrows(IOException.class, () -> volume.open("v", KEY));
    assertTrue(e.getMessage().contains("token: tokens"), e.getMessage());
  }

  @Test
  void mustBeFormattedFirst() {
    IOException e = assertThrows(IOException.class, () -> volume.open("v", KEY));
    assertTrue(e.getMessage().contains("is blank"), e.getMessage());
  }
}
