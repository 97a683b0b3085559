package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Bytes that must not be seen: explicit access, constant-time equality, a redacted {@code
 * toString}, zeroed on close.
 */
public final class Secret implements AutoCloseable {
  private final byte[] value;
  private boolean closed;

  private Secret(byte[] value) {
    this.value = value;
  }

  /** A copy of {@code value}; the caller still owns, and should zero, its own array. */
  public static Secret copyOf(byte[] value) {
    return new Secret(value.clone());
  }

  /** Takes {@code value} over: the caller must not touch it again. */
  public static Secret takeOver(byte[] value) {
    return new Secret(value);
  }

  public static Secret copyOf(Bytes value) {
    return new Secret(value.toArray());
  }

  public int length() {
    return value.length;
  }

  /**
   * Hands a copy to {@code use} and zeroes it afterwards; what {@code use} returns must not hold
   * it.
   */
  public synchronized <T> T use(Function<byte[], T> use) {
    byte[] copy = expose();
    try {
      return use.apply(copy);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /** A copy that the caller must zero, for interfaces that keep the array (protobuf, sockets). */
  public synchronized byte[] expose() {
    if (closed) {
      throw new IllegalStateException("the secret is closed");
    }
    return value.clone();
  }

  /** Zeroes the bytes; later access is a bug. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(value, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(value, that.value);
  }

  /** The length: a hash of the bytes would be a hint at them. */
  @Override
  public int hashCode() {
    return value.length;
  }

  @Override
  public String toString() {
    return "Secret(" + value.length + " bytes)";
  }
}
