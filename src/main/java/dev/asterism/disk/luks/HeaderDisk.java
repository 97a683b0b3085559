package dev.asterism.disk.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The part of a disk in front of its data: read once, written in steps that may all be cut off. */
interface HeaderDisk extends AutoCloseable {
  byte[] read(long offset, int length) throws IOException;

  /** Returns once it has reached the disk. */
  void write(long offset, byte[] content) throws IOException;

  /** Of the whole disk, in bytes. */
  long length() throws IOException;

  @Override
  void close() throws IOException;

  /** A block device, or a file that stands for one. */
  static HeaderDisk open(Path device) throws IOException {
    FileChannel channel =
        FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new HeaderDisk() {
      @Override
      public byte[] read(long offset, int length) throws IOException {
        return Channels.read(channel, offset, length);
      }

      @Override
      public void write(long offset, byte[] content) throws IOException {
        var buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer, offset + buffer.position());
        }
        channel.force(true);
      }

      @Override
      public long length() throws IOException {
        return channel.size();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }

      @Override
      public String toString() {
        return device.toString();
      }
    };
  }
}
