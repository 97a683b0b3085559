package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.security.PrivateKey;

/**
 * A loaded signing key.
 *
 * @param hierarchy it was made in
 * @param publicArea TPMT_PUBLIC
 * @param auth its password
 */
record SoftwareKey(
    long hierarchy, KeyTemplate template, Bytes publicArea, PrivateKey privateKey, Bytes auth) {

  Bytes name() {
    return named(template.nameAlg(), publicArea);
  }

  /** The name of a primary object below its hierarchy (part 1, section 16.5). */
  Bytes qualifiedName() {
    return named(template.nameAlg(), new ByteWriter().u32be(hierarchy).toBytes(), name());
  }

  static Bytes named(Digests hash, Bytes... parts) {
    return new ByteWriter().u16be(Tpm2.algorithm(hash)).bytes(hash.of(parts)).toBytes();
  }
}
