package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.MalformedException;

/** Names and readers of TPM_ALG_ID. */
final class Algorithms {
  private Algorithms() {}

  static Digests hash(String field, ByteReader in) throws MalformedException {
    int id = in.u16be(field);
    int position = in.position();
    return Tpm2.hash(id)
        .orElseThrow(() -> new MalformedException(field, position, "is not a hash that we know"));
  }

  static String scheme(int scheme) {
    return switch (scheme) {
      case Tpm2.ALG_RSASSA -> "RSASSA";
      case Tpm2.ALG_RSAPSS -> "RSAPSS";
      case Tpm2.ALG_ECDSA -> "ECDSA";
      case Tpm2.ALG_NULL -> "any scheme";
      default -> String.format("scheme 0x%04x", scheme);
    };
  }

  static String bank(int hash) {
    return Tpm2.hash(hash)
        .map(Algorithms::bank)
        .orElseGet(() -> String.format("bank 0x%04x", hash));
  }

  /** {@code sha256}: how people and JSON files call a bank. */
  static String bank(Digests hash) {
    return switch (hash) {
      case SHA1 -> "sha1";
      case SHA256 -> "sha256";
      case SHA384 -> "sha384";
      case SHA512 -> "sha512";
    };
  }
}
