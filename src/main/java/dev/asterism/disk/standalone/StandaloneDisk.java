package dev.asterism.disk.standalone;

import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SecretFile;
import dev.asterism.disk.LockedDisk;
import dev.asterism.disk.StateDisk;
import dev.asterism.wire.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Stand-in for the encrypted state disk on a machine without device-mapper: it keeps identity,
 * marker and the right passphrase like the real one, and encrypts nothing.
 */
public final class StandaloneDisk implements StateDisk, LockedDisk {
  private static final System.Logger LOG = System.getLogger(StandaloneDisk.class.getName());
  private static final int PASSPHRASE_LENGTH = 32;
  private static final int LONGEST_PASSPHRASE = 4096;

  private final Path headerFile;
  private final Path keyFile;
  private final SecureRandom random;
  private final Runnable afterWrite;
  private final String uuid;

  private StandaloneDisk(Path headerFile, Path keyFile, SecureRandom random, Runnable afterWrite)
      throws IOException {
    this.headerFile = headerFile;
    this.keyFile = keyFile;
    this.random = random;
    this.afterWrite = afterWrite;
    this.uuid = DiskHeader.read(headerFile).uuid();
  }

  /**
   * The disk as it is; formats it where there is none.
   *
   * @param headerFile the disk
   * @param keyFile the passphrase it was opened with; gone once that is replaced
   */
  public static StandaloneDisk open(Path headerFile, Path keyFile, SecureRandom random)
      throws IOException {
    return open(headerFile, keyFile, random, () -> {});
  }

  /**
   * @param afterWrite called after each change that reached the disk; a test's place to die
   */
  static StandaloneDisk open(
      Path headerFile, Path keyFile, SecureRandom random, Runnable afterWrite) throws IOException {
    if (!Files.exists(headerFile)) {
      format(headerFile, keyFile, random);
    }
    return new StandaloneDisk(headerFile, keyFile, random, afterWrite);
  }

  @Override
  public String uuid() {
    return uuid;
  }

  @Override
  public boolean initialized() throws IOException {
    return DiskHeader.read(headerFile).initialized();
  }

  @Override
  public boolean opens(Secret passphrase) throws IOException {
    return DiskHeader.read(headerFile).opens(passphrase);
  }

  @Override
  public void rekey(Secret key) throws IOException {
    DiskHeader header = DiskHeader.read(headerFile);
    if (!header.opens(key)) {
      requireCurrentPassphrase(header);
      var slots = new ArrayList<>(header.slots());
      slots.add(DiskHeader.Slot.of(key, random));
      header = header.with(slots);
      header.write(headerFile);
      afterWrite.run();
    }
    List<DiskHeader.Slot> kept =
        header.slots().stream().filter(slot -> slot.opens(key)).limit(1).toList();
    header.with(kept).write(headerFile);
    afterWrite.run();
    // It opens nothing any more.
    Files.deleteIfExists(keyFile);
    afterWrite.run();
    LOG.log(System.Logger.Level.INFO, "standalone disk {0}: passphrase replaced", uuid);
  }

  @Override
  public void markInitialized(boolean initialized) throws IOException {
    DiskHeader.read(headerFile).marked(initialized).write(headerFile);
    afterWrite.run();
    LOG.log(
        System.Logger.Level.INFO,
        "standalone disk {0}: marked {1}",
        uuid,
        initialized ? "initialized" : "for a reset");
  }

  private void requireCurrentPassphrase(DiskHeader header) throws IOException {
    try (Secret current = SecretFile.read(keyFile, LONGEST_PASSPHRASE)) {
      if (!header.opens(current)) {
        throw new IOException(
            "standalone disk: the passphrase in " + keyFile + " does not open it");
      }
    } catch (NoSuchFileException e) {
      throw new IOException("standalone disk: its passphrase " + keyFile + " is missing", e);
    }
  }

  private static void format(Path headerFile, Path keyFile, SecureRandom random)
      throws IOException {
    var bytes = new byte[PASSPHRASE_LENGTH];
    random.nextBytes(bytes);
    try (Secret passphrase = Secret.takeOver(bytes)) {
      AtomicFile.write(keyFile, bytes, AtomicFile.PRIVATE);
      var header =
          new DiskHeader(
              randomUuid(random), false, List.of(DiskHeader.Slot.of(passphrase, random)));
      header.write(headerFile);
      LOG.log(System.Logger.Level.INFO, "standalone disk {0}: formatted", header.uuid());
    }
  }

  /** Version 4, canonical. */
  private static String randomUuid(SecureRandom random) {
    var bytes = new byte[16];
    random.nextBytes(bytes);
    bytes[6] = (byte) ((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (byte) ((bytes[8] & 0x3f) | 0x80);
    return HexFormat.of()
        .formatHex(bytes)
        .replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }
}
