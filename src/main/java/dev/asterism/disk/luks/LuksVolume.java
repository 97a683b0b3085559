package dev.asterism.disk.luks;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.DoubleConsumer;

/**
 * A volume beside the state disk, as a storage driver of a node uses it: the same LUKS2 without the
 * marker, its passphrase a data key of the cluster.
 */
public final class LuksVolume {
  /** Its passphrase; asked for once the header is known to be one that a key may be used on. */
  @FunctionalInterface
  public interface DataKey {
    Secret get() throws IOException;
  }

  /** What every format, and every file system, writes to. */
  private static final int HEAD = 4096;

  private final Cryptsetup cryptsetup;
  private final Path device;
  private final IntegrityRule integrity;

  /**
   * @param integrity what an existing volume must be
   */
  public LuksVolume(Cryptsetup cryptsetup, Path device, IntegrityRule integrity) {
    this.cryptsetup = cryptsetup;
    this.device = device;
    this.integrity = integrity;
  }

  /**
   * Formats it; an encrypted volume of ours is left alone. The header is written last: a format
   * that was cut off is no volume, whose sectors nobody could read.
   *
   * @param formatForeign whether something else that lies on it may be destroyed
   * @return its UUID
   * @throws IOException if it holds something
   */
  public String format(
      LuksFormat format, boolean formatForeign, DataKey dataKey, DoubleConsumer progress)
      throws IOException {
    try (HeaderDisk disk = HeaderDisk.open(device)) {
      byte[] head = head(disk);
      requireNothingToLose(disk, formatForeign);
      try (Secret key = dataKey.get();
          LuksDisk luks =
              LuksDisk.prepare(cryptsetup, device, disk, format, MarkerRule.ABSENT, key)) {
        if (format.integrity()) {
          luks.wipe("asterism-wipe-" + luks.uuid(), key, progress);
        }
        // The key, and a wipe, take their time; a driver may have asked twice.
        if (!Arrays.equals(head, head(disk))) {
          throw new IOException(
              device + " was written to by somebody else meanwhile: nothing more was changed");
        }
        luks.writeHeader();
        return luks.uuid();
      }
    }
  }

  private static byte[] head(HeaderDisk disk) throws IOException {
    return disk.read(0, (int) Math.min(HEAD, disk.length()));
  }

  private void requireNothingToLose(HeaderDisk disk, boolean formatForeign) throws IOException {
    switch (DiskContent.read(disk, integrity, MarkerRule.ABSENT)) {
      case DiskContent.Blank _ -> {
        // As it should be.
      }
      case DiskContent.Ours _ -> throw new IOException(device + " is an encrypted volume already");
      case DiskContent.Foreign foreign -> {
        if (foreign.kept()) {
          throw new IOException(
              device
                  + " is an encrypted volume already, and its integrity is not as --integrity says: "
                  + foreign.why().getMessage(),
              foreign.why());
        }
        if (!formatForeign) {
          throw new IOException(
              device
                  + " is not blank: "
                  + foreign.why().getMessage()
                  + "; if all on it may be destroyed: --format-foreign",
              foreign.why());
        }
      }
    }
  }

  /** Maps it to {@code /dev/mapper/<name>}. */
  public void open(String name, DataKey dataKey) throws IOException {
    try (LuksDisk luks = verified();
        Secret key = dataKey.get()) {
      if (!luks.opens(key)) {
        throw new IOException(
            "the data key does not open " + device + ": is it the id of another volume?");
      }
      luks.map(name, key);
    }
  }

  public void close(String name) throws IOException {
    try (LuksDisk luks = verified()) {
      luks.unmap(name);
    }
  }

  /**
   * Gives the open volume all of a device that grew.
   *
   * @throws IOException also where it has integrity: the kernel wrote down how many sectors have
   *     tags
   */
  public void resize(String name, DataKey dataKey) throws IOException {
    try (LuksDisk luks = verified()) {
      if (luks.authenticated()) {
        throw new IOException(
            device
                + " has integrity, and such a volume keeps its size: copy its data to a larger one;"
                + " nothing was changed");
      }
      try (Secret key = dataKey.get()) {
        luks.resize(name, key);
      }
    }
  }

  private LuksDisk verified() throws IOException {
    HeaderDisk disk = HeaderDisk.open(device);
    try {
      return switch (DiskContent.read(disk, integrity, MarkerRule.ABSENT)) {
        case DiskContent.Ours ours ->
            LuksDisk.open(cryptsetup, device, disk, ours, integrity, MarkerRule.ABSENT);
        case DiskContent.Blank _ ->
            throw new IOException(device + " is blank: 'volume format' first");
        case DiskContent.Foreign foreign ->
            throw new IOException(
                device + " is no encrypted volume of ours: " + foreign.why().getMessage(),
                foreign.why());
      };
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    }
  }
}
