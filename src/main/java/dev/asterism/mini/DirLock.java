package dev.asterism.mini;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/** One change of a mini cluster at a time; whoever dies lets go. */
final class DirLock implements AutoCloseable {
  private final FileChannel channel;

  private DirLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws IOException if another {@code mini up} or {@code mini down} is under way
   */
  static DirLock take(MiniDir dir) throws IOException {
    Files.createDirectories(dir.root());
    FileChannel channel =
        FileChannel.open(dir.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new IOException("another command changes the cluster now in " + dir.root());
    }
    return new DirLock(channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
