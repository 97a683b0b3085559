package dev.asterism.wire;

/**
 * A bounded cursor over bytes that a stranger sent. Every read names its field and checks the
 * remaining length before anything is allocated; {@link #end} proves that all was read.
 */
public final class ByteReader {
  private final String what;
  private final byte[] data;
  private final int limit;
  private int position;

  ByteReader(String what, byte[] data, int from, int limit) {
    this.what = what;
    this.data = data;
    this.position = from;
    this.limit = limit;
  }

  public static ByteReader of(String what, byte[] data) {
    return new ByteReader(what, data.clone(), 0, data.length);
  }

  /** The offset of the next byte in the outermost input. */
  public int position() {
    return position;
  }

  public int remaining() {
    return limit - position;
  }

  /** The next byte, unsigned, without reading it; -1 at the end. */
  public int peek() {
    return remaining() == 0 ? -1 : data[position] & 0xff;
  }

  /** An unsigned byte. */
  public int u8(String field) throws MalformedException {
    need(field, 1);
    return data[position++] & 0xff;
  }

  /** An unsigned 16-bit integer, big endian (TPM). */
  public int u16be(String field) throws MalformedException {
    return (int) big(field, 2);
  }

  /** An unsigned 32-bit integer, big endian (TPM). */
  public long u32be(String field) throws MalformedException {
    return big(field, 4);
  }

  /** A 64-bit integer, big endian (TPM); the sign bit is the value's top bit. */
  public long u64be(String field) throws MalformedException {
    return big(field, 8);
  }

  /** An unsigned 16-bit integer, little endian (event logs, SNP, TDX). */
  public int u16le(String field) throws MalformedException {
    return (int) little(field, 2);
  }

  /** An unsigned 32-bit integer, little endian. */
  public long u32le(String field) throws MalformedException {
    return little(field, 4);
  }

  /** A 64-bit integer, little endian; the sign bit is the value's top bit. */
  public long u64le(String field) throws MalformedException {
    return little(field, 8);
  }

  /** Exactly {@code length} bytes; any length, also one read from the input, is safe to pass. */
  public Bytes bytes(String field, long length) throws MalformedException {
    need(field, length);
    int from = position;
    position += (int) length;
    return Bytes.of(data, from, position);
  }

  /** All that is left. */
  public Bytes rest(String field) throws MalformedException {
    return bytes(field, remaining());
  }

  /** A reader narrowed to the next {@code length} bytes; this one continues behind them. */
  public ByteReader narrow(String field, long length) throws MalformedException {
    need(field, length);
    int from = position;
    position += (int) length;
    return new ByteReader(field, data, from, position);
  }

  /** What was read from {@code from} (an earlier {@link #position}) to here. */
  public Bytes since(int from) {
    return Bytes.of(data, from, position);
  }

  /** Proves that nothing is left. */
  public void end() throws MalformedException {
    if (position != limit) {
      throw new MalformedException(what, position, remaining() + " bytes after the end");
    }
  }

  private void need(String field, long length) throws MalformedException {
    if (length < 0 || length > remaining()) {
      throw new MalformedException(
          field, position, "needs " + Long.toUnsignedString(length) + " bytes, has " + remaining());
    }
  }

  private long big(String field, int length) throws MalformedException {
    need(field, length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (data[position++] & 0xff);
    }
    return value;
  }

  private long little(String field, int length) throws MalformedException {
    need(field, length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (long) (data[position++] & 0xff) << (8 * i);
    }
    return value;
  }
}
