package dev.asterism.attestation.snp;

import java.util.Arrays;
import java.util.Optional;

/** What the guest's owner allows or demands of the platform (AMD 56860, GUEST_POLICY). */
public enum GuestPolicyBit {
  SMT("smt", 16, false),
  /** Its migration agent may move the guest, and see its memory. */
  MIGRATION_AGENT("migrationAgent", 18, false),
  /** The host may read and write the guest's memory. */
  DEBUG("debug", 19, false),
  SINGLE_SOCKET("singleSocket", 20, true),
  CXL("cxl", 21, false),
  MEMORY_AES_256_XTS("memoryAes256Xts", 22, true),
  RAPL_OFF("raplOff", 23, true),
  CIPHERTEXT_HIDING("ciphertextHiding", 24, true),
  PAGE_SWAP_OFF("pageSwapOff", 25, true);

  private final String id;
  private final int bit;
  private final boolean protects;

  GuestPolicyBit(String id, int bit, boolean protects) {
    this.id = id;
    this.bit = bit;
    this.protects = protects;
  }

  /** In configurations and verdicts. */
  public String id() {
    return id;
  }

  /** Whether a set bit makes the guest safer; the others allow something. */
  public boolean protects() {
    return protects;
  }

  boolean isSet(long policy) {
    return (policy >>> bit & 1) != 0;
  }

  static Optional<GuestPolicyBit> byId(String id) {
    return Arrays.stream(values()).filter(b -> b.id.equals(id)).findAny();
  }
}
