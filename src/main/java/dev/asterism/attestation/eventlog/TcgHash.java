package dev.asterism.attestation.eventlog;

import dev.asterism.crypto.Digests;
import java.util.Optional;

/** TPM_ALG_ID of hashes, as event logs carry them. */
final class TcgHash {
  private TcgHash() {}

  static Optional<Digests> of(int id) {
    return switch (id) {
      case 0x4 -> Optional.of(Digests.SHA1);
      case 0xb -> Optional.of(Digests.SHA256);
      case 0xc -> Optional.of(Digests.SHA384);
      case 0xd -> Optional.of(Digests.SHA512);
      default -> Optional.empty();
    };
  }

  static int id(Digests hash) {
    return switch (hash) {
      case SHA1 -> 0x4;
      case SHA256 -> 0xb;
      case SHA384 -> 0xc;
      case SHA512 -> 0xd;
    };
  }
}
