package dev.asterism.disk.luks;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;

/** Disks in files, through the real library. */
final class Disks {
  static final LuksFormat CHEAP = LuksFormat.cheap();

  private Disks() {}

  /** Skips the test, with the reason, where the machine has no libcryptsetup. */
  static Cryptsetup cryptsetup() {
    try {
      return Cryptsetup.load();
    } catch (IOException e) {
      return abort(e.getMessage());
    }
  }

  static Path blank(Path file) throws IOException {
    try (var content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(0);
      content.setLength(HeaderRules.DATA_OFFSET + 2L * DiskContent.TAIL);
    }
    return file;
  }

  static Secret key(int value) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return Secret.takeOver(bytes);
  }

  /** A state disk, as the first boot makes it. */
  static LuksDisk format(Cryptsetup cryptsetup, Path file, Secret passphrase) throws IOException {
    return LuksDisk.format(
        cryptsetup, file, HeaderDisk.open(blank(file)), CHEAP, MarkerRule.REQUIRED, passphrase);
  }

  /**
   * @throws IOException if it is refused
   */
  static LuksDisk open(Cryptsetup cryptsetup, Path file) throws IOException {
    HeaderDisk disk = HeaderDisk.open(file);
    return switch (DiskContent.read(disk, IntegrityRule.EITHER, MarkerRule.REQUIRED)) {
      case DiskContent.Ours ours ->
          LuksDisk.open(cryptsetup, file, disk, ours, IntegrityRule.EITHER, MarkerRule.REQUIRED);
      case DiskContent.Foreign foreign -> throw foreign.why();
      case DiskContent.Blank _ -> throw new IOException("blank");
    };
  }
}
