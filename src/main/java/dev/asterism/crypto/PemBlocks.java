package dev.asterism.crypto;

import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits textual encodings (RFC 7468) into labelled DER. Works on bytes, so that a private key
 * never becomes a String; text outside the blocks is skipped, as every reader of PEM does.
 */
final class PemBlocks {
  /** More than any file of ours holds. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final int MAX_BLOCKS = 256;
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private final String what;
  private final byte[] text;
  private int position;

  private PemBlocks(String what, byte[] text) {
    this.what = what;
    this.text = text;
  }

  /**
   * One block.
   *
   * @param label as in {@code BEGIN CERTIFICATE}
   * @param der perhaps a private key
   */
  record Block(String label, Secret der) {}

  static List<Block> parse(String what, byte[] text) throws MalformedException {
    if (text.length > MAX_BYTES) {
      throw new MalformedException(what, "is larger than " + MAX_BYTES + " bytes");
    }
    var blocks = new ArrayList<Block>();
    var reader = new PemBlocks(what, text);
    for (Block block = reader.next(); block != null; block = reader.next()) {
      if (blocks.size() == MAX_BLOCKS) {
        throw new MalformedException(what, "holds more than " + MAX_BLOCKS + " PEM blocks");
      }
      blocks.add(block);
    }
    if (blocks.isEmpty()) {
      throw new MalformedException(what, "holds no PEM block (-----BEGIN …-----)");
    }
    return blocks;
  }

  private @Nullable Block next() throws MalformedException {
    while (position < text.length) {
      int start = position;
      int end = endOfLine();
      if (startsWith(start, end, BEGIN)) {
        return block(label(start, end, BEGIN), start);
      }
    }
    return null;
  }

  private Block block(String label, int start) throws MalformedException {
    int from = position;
    while (position < text.length) {
      int line = position;
      int end = endOfLine();
      if (startsWith(line, end, END)) {
        if (!label(line, end, END).equals(label)) {
          throw new MalformedException(what, line, "ends a PEM block of another label");
        }
        return new Block(label, decode(from, line));
      }
      if (startsWith(line, end, BEGIN)) {
        break;
      }
    }
    throw new MalformedException(what, start, "begins a PEM block that does not end");
  }

  /** The end of the line at {@link #position}, which moves behind it. */
  private int endOfLine() {
    int end = position;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    int start = position;
    position = Math.min(end + 1, text.length);
    while (end > start && isBlank(text[end - 1])) {
      end--;
    }
    return end;
  }

  private String label(int start, int end, String prefix) throws MalformedException {
    int from = start + prefix.length();
    int to = end - DASHES.length();
    // The prefix ends with a blank: dashes behind it are behind it wholly.
    if (!startsWith(to, end, DASHES)) {
      throw new MalformedException(what, start, "has a broken PEM boundary");
    }
    return new String(text, from, to - from, StandardCharsets.US_ASCII);
  }

  private Secret decode(int from, int to) throws MalformedException {
    byte[] base64 = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      if (!isBlank(text[i])) {
        base64[length++] = text[i];
      }
    }
    byte[] exact = Arrays.copyOf(base64, length);
    try {
      return Secret.takeOver(Base64.getDecoder().decode(exact));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(what, from, "is not base64 inside a PEM block");
    } finally {
      Arrays.fill(base64, (byte) 0);
      Arrays.fill(exact, (byte) 0);
    }
  }

  private boolean startsWith(int from, int to, String ascii) {
    if (to - from < ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (text[from + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
