package dev.asterism.disk.luks;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Whole reads. */
final class Channels {
  private Channels() {}

  /**
   * @throws EOFException if the file ends earlier
   */
  static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    var buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException("the disk ends at byte " + (offset + buffer.position()));
      }
    }
    return buffer.array();
  }
}
