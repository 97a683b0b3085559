package dev.asterism.kubernetes;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads gzipped tars of plain files and folders (POSIX ustar), as a stream. Links, devices and name
 * extensions are refused: nothing that is installed needs them, and a link could lead out of the
 * folder.
 */
public final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAX_ENTRIES = 10_000;

  /** The largest component unpacks to about a third of it. */
  private static final long MAX_TOTAL = 256L * 1024 * 1024;

  private TarReader() {}

  /** Takes what is in an archive. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param name as it stands in the archive
     * @param content to be read now, or left
     */
    void file(String name, InputStream content) throws IOException, MalformedException;
  }

  /**
   * Hands one file after the other to {@code sink}.
   *
   * @throws MalformedException if it is none, which may show only behind some of its files
   * @throws IOException if {@code gzipped} cannot be read, or the sink fails
   */
  public static void read(InputStream gzipped, Sink sink) throws IOException, MalformedException {
    try (InputStream in = new GZIPInputStream(gzipped)) {
      int entries = 0;
      long total = 0;
      for (byte[] header = block(in); !isZero(header); header = block(in)) {
        checkSum(header);
        long size = octal(header, 124, 12);
        total += size;
        if (total > MAX_TOTAL || ++entries > MAX_ENTRIES) {
          throw new MalformedException("tar", "unpacks to more than is ever installed");
        }
        var content = new EntryStream(in, size);
        switch (header[156]) {
          case 0, '0' -> sink.file(name(header), content);
          case '5' -> {
            // Folders are made for the files in them.
          }
          default ->
              throw new MalformedException(
                  "tar", "holds something other than plain files and folders");
        }
        content.skipRest();
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
      }
    } catch (EntryStream.Cut e) {
      throw new MalformedException("tar", "ends inside a file");
    } catch (EOFException | ZipException e) {
      // A header, checksum or code of gzip's is wrong, or bytes are missing.
      throw new MalformedException("tar", "is not gzipped, or not whole");
    }
  }

  /** One file of an archive; to close it is nothing. */
  private static final class EntryStream extends FilterInputStream {
    private long left;

    EntryStream(InputStream archive, long size) {
      super(archive);
      this.left = size;
    }

    /** The archive is over, the file is not. */
    private static final class Cut extends IOException {
      private static final long serialVersionUID = 1L;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0 || length == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = in.read(buffer, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new Cut();
      }
      left -= count;
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      return count <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(count, 8192)]));
    }

    @Override
    public int available() {
      return 0;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public void close() {
      // The archive goes on behind it.
    }

    void skipRest() throws IOException {
      var buffer = new byte[8192];
      while (left > 0) {
        var _ = read(buffer, 0, buffer.length);
      }
    }
  }

  private static byte[] block(InputStream in) throws IOException, MalformedException {
    byte[] block = in.readNBytes(BLOCK);
    if (block.length != BLOCK) {
      throw new MalformedException("tar", "ends before its end mark");
    }
    return block;
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    boolean ustar = text(header, 257, 5).equals("ustar");
    String prefix = ustar ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static void checkSum(byte[] header) throws MalformedException {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    if (sum != octal(header, 148, 8)) {
      throw new MalformedException("tar", "has a header with a wrong checksum");
    }
  }

  private static long octal(byte[] header, int from, int length) throws MalformedException {
    String digits = text(header, from, length).strip();
    try {
      long value = digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
      if (value >= 0 && value <= MAX_TOTAL) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number that is out of bounds.
    }
    throw new MalformedException("tar", "has a header with a bad number");
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }

  private static boolean isZero(byte[] block) {
    return Bytes.of(block).isAllZero();
  }
}
