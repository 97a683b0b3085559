package dev.asterism.testing.fuzz;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/** A mark that no message of ours has by itself: where it shows up, input was repeated. */
final class Canary {
  /** Passes as hex, as base64, and as most names. */
  static final String TEXT = "c0ffee5eed0ddba1";

  /** The same as bytes, which messages would show in hex. */
  static final Bytes BYTES = bytes();

  private Canary() {}

  static boolean isIn(String message) {
    return message.contains(TEXT);
  }

  private static Bytes bytes() {
    try {
      return Bytes.ofHex("canary", TEXT);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
