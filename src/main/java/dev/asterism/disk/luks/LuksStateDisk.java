package dev.asterism.disk.luks;

import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SecretFile;
import dev.asterism.disk.LockedDisk;
import dev.asterism.disk.StateDisk;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The state disk, real: LUKS2 on a block device, or on a file where there is none. */
public final class LuksStateDisk implements StateDisk, LockedDisk, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LuksStateDisk.class.getName());
  private static final int LONGEST_PASSPHRASE = 4096;

  private final LuksDisk disk;
  private final Path keyFile;
  private final LuksFormat costs;

  LuksStateDisk(LuksDisk disk, Path keyFile, LuksFormat costs) {
    this.disk = disk;
    this.keyFile = keyFile;
    this.costs = costs;
  }

  /**
   * The state disk that this device holds.
   *
   * @param keyFile holds the first-boot passphrase; gone once that is replaced
   * @param costs of the passphrase that will replace it
   * @throws IOException if it holds something else, saying what
   */
  public static LuksStateDisk open(
      Cryptsetup cryptsetup, Path device, Path keyFile, IntegrityRule integrity, LuksFormat costs)
      throws IOException {
    HeaderDisk disk = HeaderDisk.open(device);
    try {
      return switch (DiskContent.read(disk, integrity, MarkerRule.REQUIRED)) {
        case DiskContent.Ours ours ->
            new LuksStateDisk(
                LuksDisk.open(cryptsetup, device, disk, ours, integrity, MarkerRule.REQUIRED),
                keyFile,
                costs);
        case DiskContent.Blank _ -> throw new IOException(device + " is not formatted");
        case DiskContent.Foreign foreign ->
            throw new IOException(
                device + " is no state disk: " + foreign.why().getMessage(), foreign.why());
      };
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    }
  }

  @Override
  public String uuid() {
    return disk.uuid();
  }

  @Override
  public boolean initialized() {
    return disk.initialized();
  }

  @Override
  public boolean opens(Secret key) throws IOException {
    return disk.opens(key);
  }

  /** The disk as LUKS2. */
  public LuksDisk luks() {
    return disk;
  }

  @Override
  public void rekey(Secret key) throws IOException {
    // An earlier call may have been cut off behind the change.
    if (!disk.opens(key)) {
      try (Secret current = currentPassphrase()) {
        disk.changeKey(current, key, costs);
      }
    }
    Files.deleteIfExists(keyFile);
    LOG.log(System.Logger.Level.INFO, "state disk {0}: passphrase replaced", uuid());
  }

  @Override
  public void markInitialized(boolean initialized) throws IOException {
    disk.markInitialized(initialized);
    LOG.log(
        System.Logger.Level.INFO,
        "state disk {0}: marked {1}",
        uuid(),
        initialized ? "initialized" : "for a reset");
  }

  private Secret currentPassphrase() throws IOException {
    try {
      return SecretFile.read(keyFile, LONGEST_PASSPHRASE);
    } catch (NoSuchFileException e) {
      throw new IOException("state disk " + uuid() + ": its passphrase " + keyFile + " is gone", e);
    }
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}
