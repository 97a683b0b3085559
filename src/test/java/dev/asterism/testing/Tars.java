package dev.asterism.testing;

import dev.asterism.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Writes ustar archives, also such as no tar writes. */
public final class Tars {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds an entry of any type. */
  public Tars entry(String name, char type, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(header(name, type, Integer.toOctalString(bytes.length)));
    out.writeBytes(bytes);
    out.writeBytes(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
    return this;
  }

  /** Adds the header of a file that says to have that many bytes (octal), and none of them. */
  public Tars size(String name, String octal) {
    out.writeBytes(header(name, '0', octal));
    return this;
  }

  /** Changes one byte of what was written so far. */
  public Tars flip(int index) {
    byte[] bytes = out.toByteArray();
    bytes[index] ^= 1;
    out.reset();
    out.writeBytes(bytes);
    return this;
  }

  public Bytes gzipped() {
    out.writeBytes(new byte[2 * BLOCK]);
    return gzippedWithoutEnd();
  }

  public Bytes gzippedWithoutEnd() {
    var zipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zipped)) {
      gzip.write(out.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Bytes.of(zipped.toByteArray());
  }

  private static byte[] header(String name, char type, String size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644");
    put(header, 124, size);
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 257, "ustar");
    put(header, 263, "00");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
