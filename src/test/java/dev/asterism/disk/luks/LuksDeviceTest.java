package dev.asterism.disk.luks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.StateDiskDevice.State;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class LuksDeviceTest {
  private static final Secret KEY = Disks.key(2);

  @TempDir Path directory;
  private Cryptsetup cryptsetup;
  private Path file;
  private Path keyFile;

  @BeforeEach
  void library() throws IOException {
    cryptsetup = Disks.cryptsetup();
    file = directory.resolve("disk");
    keyFile = directory.resolve("run/state.key");
    LuksDevice.createFile(file);
  }

  @Test
  void formatsABlankDiskWithAPassphraseThatOnlyTheOwnerMayRead() throws IOException {
    try (LuksDevice device = device(false)) {
      assertEquals(State.NEW, device.state());
      assertFalse(device.open());
      device.format(part -> {});
      assertTrue(device.open());
      assertTrue(device.locked().opens(passphrase()));
      assertFalse(device.locked().opens(KEY));
    }
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)));
    assertFalse(
        Bytes.of(Files.readAllBytes(file)).hex().contains(Bytes.of(passphrase().expose()).hex()));
  }

  @Test
  void formatsADiskAnewThatNeverBecameAMembers() throws IOException {
    String first = format();
    try (LuksDevice device = device(false)) {
      assertEquals(State.NEW, device.state());
      device.format(part -> {});
      assertFalse(device.locked().uuid().equals(first));
    }
  }

  @Test
  void locksAMembersDisk() throws IOException {
    String uuid = member();
    assertFalse(Files.exists(keyFile), "its passphrase opens nothing any more");
    try (LuksDevice device = device(false)) {
      assertEquals(State.LOCKED, device.state());
      assertEquals(uuid, device.locked().uuid());
      assertFalse(device.open());
      device.unlock(KEY);
      assertThrows(IOException.class, () -> device.unlock(Disks.key(3)));
    }
  }

  @Test
  void repeatsARekeyThatWasCutOff() throws IOException {
    member();
    try (LuksStateDisk disk = stateDisk()) {
      disk.rekey(KEY);
      assertTrue(disk.opens(KEY));
      IOException e = assertThrows(IOException.class, () -> disk.rekey(Disks.key(3)));
      assertTrue(e.getMessage().contains("is gone"), e.getMessage());
    }
  }

  @Test
  void leavesEverythingElseAsItIs() throws IOException {
    Files.writeString(file, "somebody's data, and " + "more of them ".repeat(2_000_000));
    Bytes before = Bytes.of(Files.readAllBytes(file));
    try (LuksDevice device = device(false)) {
      IOException e = assertThrows(IOException.class, device::state);
      assertTrue(e.getMessage().contains("--format-foreign"), e.getMessage());
    }
    assertEquals(before, Bytes.of(Files.readAllBytes(file)));
    try (LuksDevice device = device(true)) {
      assertEquals(State.NEW, device.state());
    }
  }

  @Test
  void refusesAMembersDiskThatTheHostChanged() throws IOException {
    member();
    TestHeaders.tamper(
        file, json -> ((ObjectNode) json.at("/segments/0")).put("encryption", "cipher_null-ecb"));
    try (LuksDevice device = device(false)) {
      IOException e = assertThrows(IOException.class, device::state);
      assertTrue(e.getMessage().contains("cipher: segments.0.encryption"), e.getMessage());
      assertThrows(IllegalStateException.class, device::locked);
    }
  }

  @Test
  void neverDestroysAMembersDiskWhateverIsAskedFor() throws IOException {
    member();
    try (LuksDevice device = device(true)) {
      assertEquals(State.LOCKED, device.state());
    }
  }

  @Test
  void neverDestroysAMembersDiskWhoseIntegrityIsNotAsAskedFor() throws IOException {
    format();
    try (LuksDevice device = device(true, IntegrityRule.REQUIRED)) {
      assertEquals(State.NEW, device.state());
    }
    member();
    try (LuksDevice device = device(true, IntegrityRule.REQUIRED)) {
      IOException e = assertThrows(IOException.class, device::state);
      assertTrue(e.getMessage().contains("is a member's disk"), e.getMessage());
    }
  }

  private String format() throws IOException {
    try (LuksDevice device = device(false)) {
      assertEquals(State.NEW, device.state());
      device.format(part -> {});
      return device.locked().uuid();
    }
  }

  private String member() throws IOException {
    String uuid = format();
    try (LuksStateDisk disk = stateDisk()) {
      disk.rekey(KEY);
      disk.markInitialized(true);
    }
    return uuid;
  }

  private LuksStateDisk stateDisk() throws IOException {
    return LuksStateDisk.open(cryptsetup, file, keyFile, IntegrityRule.ABSENT, Disks.CHEAP);
  }

  private LuksDevice device(boolean formatForeign) {
    return device(formatForeign, IntegrityRule.ABSENT);
  }

  private LuksDevice device(boolean formatForeign, IntegrityRule integrity) {
    return new LuksDevice(
        cryptsetup,
        new LuksDevice.Settings(file, keyFile, null, integrity, Disks.CHEAP, formatForeign),
        new SecureRandom());
  }

  private Secret passphrase() throws IOException {
    return Secret.takeOver(Files.readAllBytes(keyFile));
  }
}
