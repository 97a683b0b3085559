package dev.asterism.wire;

import java.io.ByteArrayOutputStream;

/** Builds bytes field by field; the counterpart of {@link ByteReader}. */
public final class ByteWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public ByteWriter u8(int value) {
    out.write(value);
    return this;
  }

  public ByteWriter u16be(int value) {
    return big(value, 2);
  }

  public ByteWriter u32be(long value) {
    return big(value, 4);
  }

  public ByteWriter u64be(long value) {
    return big(value, 8);
  }

  public ByteWriter u16le(int value) {
    return little(value, 2);
  }

  public ByteWriter u32le(long value) {
    return little(value, 4);
  }

  public ByteWriter u64le(long value) {
    return little(value, 8);
  }

  public ByteWriter bytes(Bytes value) {
    value.appendTo(out);
    return this;
  }

  public ByteWriter bytes(byte[] value) {
    out.writeBytes(value);
    return this;
  }

  /** A 16-bit big-endian length, then the bytes: TPM2B. */
  public ByteWriter sized16be(Bytes value) {
    if (value.length() > 0xffff) {
      throw new IllegalArgumentException("a TPM2B holds at most 65535 bytes");
    }
    return u16be(value.length()).bytes(value);
  }

  /** A 32-bit big-endian length, then the bytes: an SSH string. */
  public ByteWriter sized32be(Bytes value) {
    return u32be(value.length()).bytes(value);
  }

  public Bytes toBytes() {
    return Bytes.of(out.toByteArray());
  }

  private ByteWriter big(long value, int length) {
    for (int i = length - 1; i >= 0; i--) {
      out.write((int) (value >>> (8 * i)));
    }
    return this;
  }

  private ByteWriter little(long value, int length) {
    for (int i = 0; i < length; i++) {
      out.write((int) (value >>> (8 * i)));
    }
    return this;
  }
}
