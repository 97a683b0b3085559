package dev.asterism.attestation.snp;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/**
 * What must be zero in a report (AMD 56860). In versions newer than we know, reserved places may
 * have got a meaning; they are signed, and left alone.
 */
record Reserved(long version) {
  private static final long POLICY_MUST_BE_ONE = 1L << 17;
  private static final int POLICY_BITS = 26;
  private static final int SIGNER_BITS = 5;
  private static final int WITH_MITIGATIONS = 5;

  private boolean known() {
    return version <= SnpReport.NEWEST_KNOWN;
  }

  /** Reads the next {@code length} bytes. */
  void zero(ByteReader in, int length) throws MalformedException {
    int at = in.position();
    Bytes value = in.bytes("reserved", length);
    if (known() && !value.isAllZero()) {
      throw new MalformedException("reserved", at, "is not zero");
    }
  }

  void policy(long policy) throws MalformedException {
    if ((policy & POLICY_MUST_BE_ONE) == 0) {
      throw new MalformedException("policy", 0x08, "bit 17 is not one");
    }
    if (known() && policy >>> POLICY_BITS != 0) {
      throw new MalformedException("policy", 0x08, "has reserved bits that are not zero");
    }
  }

  void signerInfo(long info) throws MalformedException {
    if (known() && info >>> SIGNER_BITS != 0) {
      throw new MalformedException("signer_info", 0x48, "has reserved bits that are not zero");
    }
  }

  void mitigations(long launch, long current) throws MalformedException {
    if (version < WITH_MITIGATIONS && (launch | current) != 0) {
      throw new MalformedException("reserved", 0x1F8, "is not zero");
    }
  }
}
