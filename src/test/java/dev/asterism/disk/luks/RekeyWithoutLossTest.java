package dev.asterism.disk.luks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.luks.DyingDisk.Dead;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Power fails at every step of a change, in the middle of a write: the disk opens all the same. */
class RekeyWithoutLossTest {
  private static final Secret FIRST = Disks.key(1);
  private static final Secret KEY = Disks.key(2);
  private static final int ROUNDS = 100;
  private static final int NEVER = Integer.MAX_VALUE;

  /** Key material, six of the header, the old key material. */
  private static final int STEPS = 8;

  @TempDir Path directory;
  private Cryptsetup cryptsetup;
  private Path file;

  @BeforeEach
  void library() throws IOException {
    cryptsetup = Disks.cryptsetup();
    file = Disks.blank(directory.resolve("disk"));
  }

  @Test
  void opensWithOneOfTheTwoKeysWhereverItDied(TestReporter reporter) throws IOException {
    long seed = System.nanoTime();
    reporter.publishEntry("seed", String.valueOf(seed));
    var random = new Random(seed);
    Disks.format(cryptsetup, file, FIRST).close();
    byte[] formatted = Files.readAllBytes(file);
    for (int round = 0; round < ROUNDS; round++) {
      int step = round % (STEPS + 1);
      DyingDisk left = rekey(formatted, step, random);
      String where = "seed " + seed + ", round " + round + ", step " + step;
      try (LuksDisk disk = open(left.again(NEVER))) {
        boolean opensWithNew = disk.opens(KEY);
        assertTrue(opensWithNew || disk.opens(FIRST), where);
        if (!opensWithNew) {
          disk.changeKey(FIRST, KEY, Disks.CHEAP);
        }
        assertTrue(disk.opens(KEY), where);
        assertFalse(disk.opens(FIRST), where);
      }
    }
  }

  /** What is on the disk after a change that died. */
  private DyingDisk rekey(byte[] before, int step, Random random) throws IOException {
    var disk = new DyingDisk(before, step, random);
    try (LuksDisk luks = open(disk)) {
      luks.changeKey(FIRST, KEY, Disks.CHEAP);
      assertEquals(STEPS, step, "it lived, though it had more writes to do");
    } catch (Dead e) {
      assertTrue(step < STEPS, "it died behind its last write");
    }
    return disk;
  }

  @Test
  void keepsTheFirstPassphraseWhereAFailedChangeIsRepeated() throws IOException {
    Disks.format(cryptsetup, file, FIRST).close();
    Path keyFile = Files.write(directory.resolve("state.key"), FIRST.expose());
    var disk = new DyingDisk(Files.readAllBytes(file), 0, new Random(5));
    try (var state = new LuksStateDisk(open(disk), keyFile, Disks.CHEAP)) {
      assertThrows(Dead.class, () -> state.rekey(KEY));
      // The disk takes writes again, and has the old header.
      assertThrows(IOException.class, () -> state.rekey(KEY));
    }
    assertTrue(Files.exists(keyFile));
    try (LuksDisk again = open(disk.again(NEVER))) {
      assertTrue(again.opens(FIRST));
    }
  }

  @Test
  void survivesADeathWhileItIsRepaired() throws IOException {
    var random = new Random(1);
    Disks.format(cryptsetup, file, FIRST).close();
    byte[] formatted = Files.readAllBytes(file);
    for (int first = 1; first < 7; first++) {
      DyingDisk left = rekey(formatted, first, random);
      for (int second = 0; second < 3; second++) {
        DyingDisk disk = left.again(second);
        try (LuksDisk _ = open(disk)) {
          // Nothing to repair: the death waits for a write that does not come.
        } catch (Dead e) {
          // Read again below.
        }
        try (LuksDisk again = open(disk.again(NEVER))) {
          assertTrue(again.opens(KEY) || again.opens(FIRST), first + ", " + second);
        }
      }
    }
  }

  @Test
  void keepsOneOfTheTwoMarkers() throws IOException {
    var random = new Random(2);
    Disks.format(cryptsetup, file, FIRST).close();
    byte[] formatted = Files.readAllBytes(file);
    for (int step = 0; step < 6; step++) {
      var disk = new DyingDisk(formatted, step, random);
      try (LuksDisk luks = open(disk)) {
        luks.markInitialized(true);
      } catch (Dead e) {
        // As planned.
      }
      try (LuksDisk luks = open(disk.again(NEVER))) {
        assertTrue(luks.opens(FIRST));
        // The checksum that ends a copy is one sector: it is there, or it is not.
        if (step != 2) {
          assertEquals(step > 2, luks.initialized(), "step " + step);
        }
      }
    }
  }

  @Test
  void isFormattedAgainWhereAFormatDied() throws IOException {
    var random = new Random(3);
    byte[] blank = Files.readAllBytes(file);
    for (int step = 0; step < 7; step++) {
      var disk = new DyingDisk(blank, step, random);
      try (LuksDisk _ = format(disk)) {
        assertEquals(7, step);
      } catch (Dead e) {
        // As planned.
      }
      DiskContent content = content(disk);
      if (step > 4) {
        assertFalse(assertInstanceOf(DiskContent.Ours.class, content).initialized());
      } else {
        assertInstanceOf(DiskContent.Blank.class, content, "step " + step);
      }
    }
  }

  @Test
  void isStillTheOldOneWhereAnotherFormatDiedEarly() throws IOException {
    var random = new Random(4);
    Disks.format(cryptsetup, file, FIRST).close();
    byte[] formatted = Files.readAllBytes(file);
    for (int step = 0; step < 7; step++) {
      var disk = new DyingDisk(formatted, step, random);
      try (LuksDisk _ = format(disk)) {
        assertEquals(7, step);
      } catch (Dead e) {
        // As planned.
      }
      assertFalse(content(disk) instanceof DiskContent.Foreign, "step " + step);
    }
  }

  private LuksDisk format(HeaderDisk disk) throws IOException {
    return LuksDisk.format(cryptsetup, file, disk, Disks.CHEAP, MarkerRule.REQUIRED, FIRST);
  }

  private static DiskContent content(DyingDisk disk) throws IOException {
    return DiskContent.read(disk.again(NEVER), IntegrityRule.EITHER, MarkerRule.REQUIRED);
  }

  private LuksDisk open(DyingDisk disk) throws IOException {
    return LuksDisk.open(
        cryptsetup,
        file,
        disk,
        assertInstanceOf(
            DiskContent.Ours.class,
            DiskContent.read(disk, IntegrityRule.EITHER, MarkerRule.REQUIRED)),
        IntegrityRule.EITHER,
        MarkerRule.REQUIRED);
  }
}
