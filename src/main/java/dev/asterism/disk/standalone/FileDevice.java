package dev.asterism.disk.standalone;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.LockedDisk;
import dev.asterism.disk.StateDiskDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * A real disk in a file, on a machine that cannot map it: its header is used as it is, its data lie
 * unencrypted in directories.
 */
public final class FileDevice implements StateDiskDevice {
  private final StateDiskDevice disk;
  private final List<Path> contents;

  /**
   * @param contents the directories that stand for the disk's file system
   */
  public FileDevice(StateDiskDevice disk, List<Path> contents) {
    this.disk = disk;
    this.contents = List.copyOf(contents);
  }

  @Override
  public State state() throws IOException {
    return disk.state();
  }

  @Override
  public void format(DoubleConsumer progress) throws IOException {
    Contents.delete(contents);
    disk.format(progress);
  }

  @Override
  public LockedDisk locked() {
    return disk.locked();
  }

  @Override
  public void unlock(Secret key) throws IOException {
    disk.unlock(key);
  }

  @Override
  public void lock() throws IOException {
    disk.lock();
  }

  @Override
  public boolean open() {
    return disk.open();
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}
