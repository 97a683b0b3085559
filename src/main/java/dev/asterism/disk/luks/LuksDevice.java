package dev.asterism.disk.luks;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.LockedDisk;
import dev.asterism.disk.StateDiskDevice;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import dev.asterism.wire.AtomicFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/** A block device, or a file, for a LUKS2 state disk. */
public final class LuksDevice implements StateDiskDevice {
  private static final System.Logger LOG = System.getLogger(LuksDevice.class.getName());
  private static final int PASSPHRASE_LENGTH = 32;
  private static final String MAPPED = "/dev/mapper";

  private final Cryptsetup cryptsetup;
  private final Settings settings;
  private final SecureRandom random;
  private @Nullable LuksStateDisk opened;

  /**
   * @param device the disk
   * @param keyFile takes the first-boot passphrase
   * @param mapping its name below {@code /dev/mapper}; null: it is not mapped, because it is a file
   * @param integrity what disks must be; a new one has what {@code format} says
   * @param formatForeign whether something else that lies on it may be destroyed
   */
  public record Settings(
      Path device,
      Path keyFile,
      @Nullable String mapping,
      IntegrityRule integrity,
      LuksFormat format,
      boolean formatForeign) {}

  public LuksDevice(Cryptsetup cryptsetup, Settings settings, SecureRandom random) {
    this.cryptsetup = cryptsetup;
    this.settings = settings;
    this.random = random;
  }

  /** Makes the file of a disk where there is none: zeros that take no room. */
  public static void createFile(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try (var content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(HeaderRules.DATA_OFFSET + 2L * DiskContent.TAIL);
    }
    Files.setPosixFilePermissions(file, AtomicFile.PRIVATE);
  }

  @Override
  public State state() throws IOException {
    HeaderDisk disk = HeaderDisk.open(settings.device());
    boolean kept = false;
    try {
      switch (DiskContent.read(disk, settings.integrity(), MarkerRule.REQUIRED)) {
        case DiskContent.Blank _ -> {
          LOG.log(System.Logger.Level.INFO, "{0}: blank", settings.device());
          return State.NEW;
        }
        case DiskContent.Foreign foreign -> {
          requireLeave(foreign);
          return State.NEW;
        }
        case DiskContent.Ours ours -> {
          if (!ours.initialized()) {
            LOG.log(
                System.Logger.Level.INFO,
                "{0}: of a node that never was a member, or is to be reset",
                settings.device());
            return State.NEW;
          }
          opened =
              stateDisk(
                  LuksDisk.open(
                      cryptsetup,
                      settings.device(),
                      disk,
                      ours,
                      settings.integrity(),
                      MarkerRule.REQUIRED));
          kept = true;
          return State.LOCKED;
        }
      }
    } finally {
      if (!kept) {
        disk.close();
      }
    }
  }

  private void requireLeave(DiskContent.Foreign foreign) throws IOException {
    if (foreign.kept()) {
      throw new IOException(
          settings.device()
              + " is a member's disk, and its integrity is not as --integrity says: "
              + foreign.why().getMessage()
              + "; nothing was changed",
          foreign.why());
    }
    if (!settings.formatForeign()) {
      throw new IOException(
          settings.device()
              + " is no state disk of this system, and not blank: "
              + foreign.why().getMessage()
              + "; nothing was changed. If all on it may be destroyed: --format-foreign",
          foreign.why());
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}: what is on it will be destroyed, as --format-foreign says: {1}",
        settings.device(),
        foreign.why().getMessage());
  }

  @Override
  public void format(DoubleConsumer progress) throws IOException {
    var bytes = new byte[PASSPHRASE_LENGTH];
    random.nextBytes(bytes);
    HeaderDisk disk = HeaderDisk.open(settings.device());
    try (Secret passphrase = Secret.copyOf(bytes)) {
      AtomicFile.write(settings.keyFile(), bytes, AtomicFile.PRIVATE);
      LuksDisk luks =
          LuksDisk.format(
              cryptsetup,
              settings.device(),
              disk,
              settings.format(),
              MarkerRule.REQUIRED,
              passphrase);
      opened = stateDisk(luks);
      String mapping = settings.mapping();
      if (mapping != null) {
        if (settings.format().integrity()) {
          luks.wipe("asterism-wipe-" + luks.uuid(), passphrase, progress);
        }
        luks.map(mapping, passphrase);
      }
      LOG.log(System.Logger.Level.INFO, "state disk {0}: formatted", luks.uuid());
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  @Override
  public LockedDisk locked() {
    return disk();
  }

  @Override
  public void unlock(Secret key) throws IOException {
    String mapping = settings.mapping();
    if (mapping != null) {
      disk().luks().map(mapping, key);
    } else if (!disk().opens(key)) {
      throw new IOException("this key does not open " + settings.device());
    }
  }

  @Override
  public void lock() throws IOException {
    String mapping = settings.mapping();
    if (mapping != null) {
      disk().luks().unmap(mapping);
    }
  }

  @Override
  public boolean open() {
    String mapping = settings.mapping();
    return mapping == null
        ? Files.exists(settings.keyFile())
        : Files.exists(Path.of(MAPPED, mapping));
  }

  private LuksStateDisk disk() {
    LuksStateDisk disk = opened;
    if (disk == null) {
      throw new IllegalStateException("the disk is not locked");
    }
    return disk;
  }

  private LuksStateDisk stateDisk(LuksDisk disk) {
    return new LuksStateDisk(disk, settings.keyFile(), settings.format());
  }

  @Override
  public void close() throws IOException {
    if (opened != null) {
      opened.close();
    }
  }
}
