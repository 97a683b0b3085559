package dev.asterism.disk.luks;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file in this process's memory (memfd_create): no disk, no name that another process could open,
 * gone with the process. What is verified in it stays what it was.
 */
final class MemoryFile implements AutoCloseable {
  private static final int CLOSE_ON_EXEC = 1;

  private final LibC libc;
  private final int descriptor;
  private final FileChannel channel;

  /** The C library's part. */
  interface LibC extends Library {
    int memfd_create(String name, int flags) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;
  }

  private MemoryFile(LibC libc, int descriptor, FileChannel channel) {
    this.libc = libc;
    this.descriptor = descriptor;
    this.channel = channel;
  }

  /** An empty one. */
  static MemoryFile create(String name) throws IOException {
    LibC libc = Native.load("c", LibC.class);
    int descriptor;
    try {
      descriptor = libc.memfd_create(name, CLOSE_ON_EXEC);
    } catch (LastErrorException e) {
      throw new IOException("no file in memory: memfd_create failed: " + e.getMessage(), e);
    }
    try {
      return new MemoryFile(
          libc,
          descriptor,
          FileChannel.open(
              Path.of(path(descriptor)), StandardOpenOption.READ, StandardOpenOption.WRITE));
    } catch (IOException | RuntimeException e) {
      libc.close(descriptor);
      throw e;
    }
  }

  /** By which this process, and only it, opens the file. */
  String path() {
    return path(descriptor);
  }

  private static String path(int descriptor) {
    return "/proc/self/fd/" + descriptor;
  }

  byte[] read(long offset, int length) throws IOException {
    return Channels.read(channel, offset, length);
  }

  void write(long offset, byte[] content) throws IOException {
    var buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
  }

  /** Grows it with zeros. */
  void extend(long length) throws IOException {
    if (channel.size() < length) {
      channel.write(ByteBuffer.wrap(new byte[1]), length - 1);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    libc.close(descriptor);
  }
}
