package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;

/** TDATTRIBUTES (Intel TDX Module Base Architecture Specification): 64 bits, little endian. */
record TdAttributes(Bytes value) {
  private static final int MIGRATABLE_BYTE = 3;
  private static final int MIGRATABLE = 0x20;

  /**
   * Whether the TD is under debug: the first byte (TUD) holds the attributes that take a TD's
   * secrecy away, of which only DEBUG (bit 0) is defined.
   */
  boolean isDebug() {
    return value.at(0) != 0;
  }

  /** Bit 29: a service TD may move it to another platform. */
  boolean isMigratable() {
    return (value.at(MIGRATABLE_BYTE) & MIGRATABLE) != 0;
  }
}
