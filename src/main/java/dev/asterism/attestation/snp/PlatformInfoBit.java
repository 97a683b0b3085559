package dev.asterism.attestation.snp;

import java.util.Arrays;
import java.util.Optional;

/** How the platform is set up (AMD 56860, PLATFORM_INFO). */
public enum PlatformInfoBit {
  SMT("smt", 0),
  TSME("tsme", 1),
  ECC("ecc", 2),
  RAPL_OFF("raplOff", 3),
  CIPHERTEXT_HIDING("ciphertextHiding", 4),
  /** Memory was searched for aliases since the last reset: what BadRAM needs (CVE-2024-21944). */
  ALIAS_CHECK("aliasCheck", 5),
  TIO("tio", 7);

  private final String id;
  private final int bit;

  PlatformInfoBit(String id, int bit) {
    this.id = id;
    this.bit = bit;
  }

  /** In configurations and verdicts. */
  public String id() {
    return id;
  }

  boolean isSet(long platformInfo) {
    return (platformInfo >>> bit & 1) != 0;
  }

  static Optional<PlatformInfoBit> byId(String id) {
    return Arrays.stream(values()).filter(b -> b.id.equals(id)).findAny();
  }
}
