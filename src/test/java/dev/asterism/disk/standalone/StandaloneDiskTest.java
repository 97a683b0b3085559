package dev.asterism.disk.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.StateDiskDevice;
import dev.asterism.testing.RandomChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StandaloneDiskTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] KEY_BYTES = filled(0xee);
  private static final Secret KEY = Secret.copyOf(KEY_BYTES);

  @TempDir Path directory;
  private Path header;
  private Path keyFile;
  private Path contents;

  @BeforeEach
  void paths() {
    header = directory.resolve("dev/disk.json");
    keyFile = directory.resolve("run/state.key");
    contents = directory.resolve("run/state");
  }

  @Test
  void isBornWithARandomPassphraseThatOnlyTheOwnerMayRead() throws IOException {
    StandaloneDisk disk = open();

    Secret passphrase = passphrase();
    assertEquals(32, passphrase.length());
    assertTrue(disk.opens(passphrase));
    assertFalse(disk.opens(KEY));
    assertFalse(disk.initialized());
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)));
    assertTrue(disk.uuid().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), disk.uuid());
    assertNotEquals(
        disk.uuid(),
        StandaloneDisk.open(directory.resolve("other"), directory.resolve("k"), RANDOM).uuid());
  }

  @Test
  void opensWithTheNewKeyOnlyAfterItIsReplaced() throws IOException {
    StandaloneDisk disk = open();
    Secret passphrase = passphrase();

    disk.rekey(KEY);

    assertTrue(disk.opens(KEY));
    assertFalse(disk.opens(passphrase));
    assertFalse(Files.exists(keyFile));
    assertTrue(open().opens(KEY));
    assertEquals(disk.uuid(), open().uuid());
  }

  @Test
  void neverKeepsAKeyInItsHeader() throws IOException {
    StandaloneDisk disk = open();
    byte[] passphrase = Files.readAllBytes(keyFile);
    disk.rekey(KEY);

    String text = Files.readString(header);
    for (byte[] secret : new byte[][] {passphrase, KEY_BYTES}) {
      assertFalse(text.contains(Base64.getEncoder().encodeToString(secret)));
      assertFalse(text.contains(HexFormat.of().formatHex(secret)));
    }
  }

  @Test
  void tellsPassphrasesOfDifferentLengthApart() throws IOException {
    StandaloneDisk disk = open();
    disk.rekey(Secret.copyOf(new byte[32]));

    assertFalse(disk.opens(Secret.copyOf(new byte[31])));
    assertFalse(disk.opens(Secret.copyOf(new byte[33])));
    assertFalse(disk.opens(Secret.copyOf(new byte[0])));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aReKeyKilledAfterAnyWriteCanBeRepeated(int write) throws IOException {
    open();
    Secret passphrase = passphrase();
    var writes = new AtomicInteger();
    Runnable die =
        () -> {
          if (writes.incrementAndGet() == write) {
            throw new Killed();
          }
        };

    assertThrows(Killed.class, () -> StandaloneDisk.open(header, keyFile, RANDOM, die).rekey(KEY));
    assertTrue(open().opens(KEY) || open().opens(passphrase));
    open().rekey(KEY);

    assertTrue(open().opens(KEY));
    assertFalse(open().opens(passphrase));
    assertFalse(Files.exists(keyFile));
  }

  @Test
  void refusesToReplaceAPassphraseThatItCannotProve() throws IOException {
    StandaloneDisk disk = open();
    Files.write(keyFile, filled(1));

    var wrong = assertThrows(IOException.class, () -> disk.rekey(KEY));
    Files.delete(keyFile);
    var missing = assertThrows(IOException.class, () -> disk.rekey(KEY));

    assertTrue(wrong.getMessage().contains("does not open it"), wrong.getMessage());
    assertTrue(missing.getMessage().contains("is missing"), missing.getMessage());
    assertFalse(disk.opens(KEY));
  }

  @Test
  void aBootFormatsADiskWithoutTheMarkerAnew() throws IOException {
    String uuid = open().uuid();
    Path left = Files.createDirectories(contents.resolve("a/b")).resolve("c");
    Files.writeString(left, "old");

    StandaloneDevice device = device();
    assertEquals(StateDiskDevice.State.NEW, device.state());
    device.format(part -> {});

    StandaloneDisk disk = open();
    assertNotEquals(uuid, disk.uuid());
    assertFalse(Files.exists(contents));
    assertTrue(disk.opens(passphrase()));
  }

  @Test
  void aBootKeepsADiskWithTheMarker() throws IOException {
    StandaloneDisk disk = open();
    disk.rekey(KEY);
    disk.markInitialized(true);
    Path kept = Files.createDirectories(contents).resolve("kept");
    Files.writeString(kept, "x");

    StandaloneDevice device = device();
    assertEquals(StateDiskDevice.State.LOCKED, device.state());
    device.unlock(KEY);

    assertEquals(disk.uuid(), device.locked().uuid());
    assertTrue(Files.exists(kept));
    assertThrows(IOException.class, () -> device.unlock(Secret.takeOver(filled(7))));
  }

  private StandaloneDevice device() {
    return new StandaloneDevice(header, keyFile, List.of(contents), RANDOM);
  }

  @Test
  void aMarkerTakenBackIsKept() throws IOException {
    StandaloneDisk disk = open();
    disk.markInitialized(true);
    assertTrue(open().initialized());
    disk.markInitialized(false);
    assertFalse(open().initialized());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"uuid\" : \" | \"uuid\" : \"X | uuid: is not a canonical lower-case UUID",
        "false | 0 | initialized: is not true or false",
        "\"slots\" : [ | \"slots\" : [ 1, | slots: holds something else than objects",
        "\"slots\" | \"slot\" | slots: is not a list of 1 to 8",
        "\"check\" | \"checks\" | check: is missing",
        "\"salt\" : \" | \"salt\" : \"\", \"x\" : \" | salt: must have 32 bytes",
      })
  void saysWhatIsWrongWithAHeader(String good, String bad, String complaint) throws IOException {
    open();
    String text = Files.readString(header);
    assertTrue(text.contains(good), text);
    Files.writeString(header, text.replace(good, bad));

    var e = assertThrows(IOException.class, this::open);

    assertEquals("standalone disk " + header + ": " + complaint, e.getMessage());
  }

  @Test
  void aHeaderChangedAtRandomOpensOrIsAnError() throws IOException {
    open();
    byte[] whole = Files.readAllBytes(header);
    Secret passphrase = passphrase();

    RandomChanges.of(
        whole,
        changed -> {
          Files.write(header, changed);
          try {
            open().opens(passphrase);
          } catch (IOException e) {
            assertTrue(e.getMessage().contains(header.toString()), e.getMessage());
          }
        });
  }

  private StandaloneDisk open() throws IOException {
    return StandaloneDisk.open(header, keyFile, RANDOM);
  }

  private Secret passphrase() throws IOException {
    return Secret.copyOf(Files.readAllBytes(keyFile));
  }

  private static byte[] filled(int value) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static final class Killed extends Error {}
}
