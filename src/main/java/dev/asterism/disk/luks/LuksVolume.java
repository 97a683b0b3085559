package dev.asterism.disk.luks;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;

/**
 * A volume beside the state disk, as a storage driver of a node uses it: the same LUKS2 without the
 * marker, its passphrase a data key of the cluster.
 */
public final class LuksVolume {
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
   * Formats it; an encrypted volume of ours is left alone.
   *
   * @param formatForeign whether something else that lies on it may be destroyed
   * @return its UUID
   * @throws IOException if it holds something
   */
  public String format(
      LuksFormat format, boolean formatForeign, Secret key, DoubleConsumer progress)
      throws IOException {
    HeaderDisk disk = HeaderDisk.open(device);
    try {
      switch (DiskContent.read(disk, integrity, MarkerRule.ABSENT)) {
        case DiskContent.Blank _ -> {
          // Nothing to lose.
        }
        case DiskContent.Ours _ ->
            throw new IOException(device + " is an encrypted volume already");
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
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    }
    try (LuksDisk luks =
        LuksDisk.format(cryptsetup, device, disk, format, MarkerRule.ABSENT, key)) {
      if (format.integrity()) {
        luks.wipe("asterism-wipe-" + luks.uuid(), key, progress);
      }
      return luks.uuid();
    }
  }

  /** Maps it to {@code /dev/mapper/<name>}. */
  public void open(String name, Secret key) throws IOException {
    try (LuksDisk luks = verified()) {
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

  /** Gives the open volume all of a device that grew. */
  public void resize(String name, Secret key) throws IOException {
    try (LuksDisk luks = verified()) {
      luks.resize(name, key);
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
