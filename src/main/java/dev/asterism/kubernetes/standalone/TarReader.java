package dev.asterism.kubernetes.standalone;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Reads gzipped tars of plain files and folders (POSIX ustar). Links, devices and name extensions
 * are refused: nothing that is installed needs them, and a link could lead out of the folder.
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAX_ENTRIES = 10_000;

  /** The largest component unpacks to about a third of it. */
  private static final long MAX_TOTAL = 256L * 1024 * 1024;

  private TarReader() {}

  /**
   * A file.
   *
   * @param name as it stands in the archive
   */
  record Entry(String name, Bytes content) {}

  static List<Entry> read(Bytes gzipped) throws MalformedException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzipped.toArray()))) {
      var entries = new ArrayList<Entry>();
      long total = 0;
      for (byte[] header = block(in); !isZero(header); header = block(in)) {
        checkSum(header);
        long size = octal(header, 124, 12);
        total += size;
        if (total > MAX_TOTAL || entries.size() == MAX_ENTRIES) {
          throw new MalformedException("tar", "unpacks to more than is ever installed");
        }
        byte[] content = in.readNBytes((int) size);
        if (content.length != size) {
          throw new MalformedException("tar", "ends inside a file");
        }
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        switch (header[156]) {
          case 0, '0' -> entries.add(new Entry(name(header), Bytes.of(content)));
          case '5' -> {
            // Folders are made for the files in them.
          }
          default ->
              throw new MalformedException(
                  "tar", "holds something other than plain files and folders");
        }
      }
      return List.copyOf(entries);
    } catch (IOException e) {
      // Of bytes in memory: a header, checksum or code of gzip's is wrong, or bytes are missing.
      throw new MalformedException("tar", "is not gzipped, or not whole");
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
