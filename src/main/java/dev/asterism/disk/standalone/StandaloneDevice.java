package dev.asterism.disk.standalone;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.LockedDisk;
import dev.asterism.disk.StateDiskDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Stand-in for the state disk's device where there is no libcryptsetup: {@link StandaloneDisk}. */
public final class StandaloneDevice implements StateDiskDevice {
  private final Path headerFile;
  private final Path keyFile;
  private final List<Path> contents;
  private final SecureRandom random;

  /**
   * @param contents the directories that stand for the disk's file system
   */
  public StandaloneDevice(Path headerFile, Path keyFile, List<Path> contents, SecureRandom random) {
    this.headerFile = headerFile;
    this.keyFile = keyFile;
    this.contents = List.copyOf(contents);
    this.random = random;
  }

  @Override
  public State state() throws IOException {
    return Files.exists(headerFile) && DiskHeader.read(headerFile).initialized()
        ? State.LOCKED
        : State.NEW;
  }

  @Override
  public void format(DoubleConsumer progress) throws IOException {
    // The header goes last: while it stands, a kill in between repeats this.
    Contents.delete(contents);
    Files.deleteIfExists(headerFile);
    var _ = StandaloneDisk.open(headerFile, keyFile, random);
  }

  @Override
  public LockedDisk locked() {
    try {
      return StandaloneDisk.open(headerFile, keyFile, random);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void unlock(Secret key) throws IOException {
    if (!locked().opens(key)) {
      throw new IOException("this key does not open the standalone disk");
    }
  }

  @Override
  public void lock() {}

  @Override
  public boolean open() {
    return Files.exists(keyFile);
  }

  @Override
  public void close() {}
}
