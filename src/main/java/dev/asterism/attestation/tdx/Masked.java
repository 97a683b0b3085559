package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;

/** Comparison of those bits that a mask names. */
final class Masked {
  private Masked() {}

  static boolean equal(Bytes actual, Bytes expected, Bytes mask) {
    if (actual.length() != mask.length() || expected.length() != mask.length()) {
      return false;
    }
    for (int i = 0; i < mask.length(); i++) {
      if ((actual.at(i) & mask.at(i)) != (expected.at(i) & mask.at(i))) {
        return false;
      }
    }
    return true;
  }
}
