package dev.asterism.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An immutable run of bytes. Copies on the way in and out; equality takes time that depends on the
 * lengths alone. Not for secrets: see {@code crypto.Secret}.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** A copy of {@code value}. */
  public static Bytes of(byte[] value) {
    return value.length == 0 ? EMPTY : new Bytes(value.clone());
  }

  /** A copy of {@code value[from, to)}. */
  public static Bytes of(byte[] value, int from, int to) {
    return new Bytes(Arrays.copyOfRange(value, from, to));
  }

  public static Bytes ofUtf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code length} zero bytes. */
  public static Bytes zeros(int length) {
    return new Bytes(new byte[length]);
  }

  /**
   * Reads hex digits of either case, without separators.
   *
   * @throws MalformedException if {@code hex} is not a whole number of hex bytes
   */
  public static Bytes ofHex(String field, String hex) throws MalformedException {
    try {
      return new Bytes(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(field, "is not hexadecimal");
    }
  }

  /**
   * Reads standard base64 with padding.
   *
   * @throws MalformedException if {@code base64} does not decode
   */
  public static Bytes ofBase64(String field, String base64) throws MalformedException {
    // The decoder does without padding, other implementations do not.
    if (base64.length() % 4 != 0) {
      throw new MalformedException(field, "is not standard base64 with padding");
    }
    try {
      return new Bytes(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(field, "is not standard base64");
    }
  }

  /** Decodes base64url without padding (RFC 7515, section 2). */
  public static Bytes ofBase64Url(String field, String base64) throws MalformedException {
    if (base64.endsWith("=")) {
      throw new MalformedException(field, "is base64url with padding, and must have none");
    }
    try {
      return new Bytes(Base64.getUrlDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(field, "is not base64url");
    }
  }

  public static Bytes concat(Bytes... parts) {
    var out = new ByteWriter();
    for (Bytes part : parts) {
      out.bytes(part);
    }
    return out.toBytes();
  }

  public int length() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  public boolean isAllZero() {
    int any = 0;
    for (byte b : value) {
      any |= b;
    }
    return any == 0;
  }

  /** The byte at {@code index}, 0 to 255. */
  public int at(int index) {
    return value[index] & 0xff;
  }

  /** A copy of {@code [from, to)}. */
  public Bytes slice(int from, int to) {
    if (from < 0 || from > to || to > value.length) {
      throw new IndexOutOfBoundsException("slice " + from + ".." + to + " of " + value.length);
    }
    return of(value, from, to);
  }

  public byte[] toArray() {
    return value.clone();
  }

  /** Lower-case hex. */
  public String hex() {
    return HexFormat.of().formatHex(value);
  }

  /** Standard base64 with padding. */
  public String base64() {
    return Base64.getEncoder().encodeToString(value);
  }

  /** Base64url without padding. */
  public String base64Url() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
  }

  /** A reader over these bytes. */
  public ByteReader reader(String what) {
    return new ByteReader(what, value, 0, value.length);
  }

  /** Feeds the digest without a copy. */
  public void updateTo(MessageDigest digest) {
    digest.update(value);
  }

  void appendTo(java.io.ByteArrayOutputStream out) {
    out.writeBytes(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && MessageDigest.isEqual(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  /** The bytes as lower-case hex. */
  @Override
  public String toString() {
    return hex();
  }
}
