package dev.asterism.disk.luks;

import java.util.Locale;

/** What is checked of a header before any key is used on it. */
public enum HeaderCheck {
  /** The binary block: magic, version, sizes, offset, padding. */
  BINARY,
  /** SHA-256 over each copy. */
  CHECKSUM,
  /** Both copies say the same. */
  COPIES,
  /** One well-formed JSON object, then zeros. */
  JSON,
  /** Every member is known, and none is missing. */
  MEMBERS,
  /** Canonical and lower case. */
  UUID,
  /** One key slot, number 0, type luks2. */
  KEYSLOT,
  /** Where the slot's key material lies, and how it is split. */
  KEYSLOT_AREA,
  /** What the slot's key material is encrypted with: never nothing. */
  KEYSLOT_CIPHER,
  /** argon2id, its costs within bounds. */
  KDF,
  /** One segment, number 0, type crypt, in its place. */
  SEGMENT,
  /** What the data are encrypted with: never nothing. */
  CIPHER,
  /** HMAC per sector, as this node wants it. */
  INTEGRITY,
  /** As long as cipher and integrity need. */
  VOLUME_KEY,
  /** One digest, binding slot 0 to segment 0. */
  DIGEST,
  /** One token: the marker. */
  TOKEN,
  /** Sizes of the areas. */
  CONFIG,
  /** No reencryption under way, nor any other state that needs more than this. */
  REQUIREMENTS;

  /** For logs and tests, for example {@code keyslot-cipher}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
