package dev.asterism.attestation.tdx;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Collateral that the root signed: TCB info, QE identity and revocation lists. Only {@link
 * CollateralVerifier} makes one. It counts within its periods.
 */
final class VerifiedCollateral {
  private final TdxCollateral raw;
  private final ParsedCollateral parsed;

  /**
   * @param raw as it was given: the same object again needs no second look
   */
  VerifiedCollateral(TdxCollateral raw, ParsedCollateral parsed) {
    this.raw = raw;
    this.parsed = parsed;
  }

  // Comparing contents would cost as much as half a signature, for each quote.
  @SuppressWarnings("ReferenceEquality")
  boolean isOf(TdxCollateral other) {
    return raw == other;
  }

  TcbInfo tcbInfo() {
    return parsed.tcbInfo();
  }

  QeIdentity qeIdentity() {
    return parsed.qeIdentity();
  }

  ParsedCollateral parsed() {
    return parsed;
  }

  /** All that runs out, by name. */
  SequencedMap<String, Period> periods() {
    SequencedMap<String, Period> all = new LinkedHashMap<>();
    all.put("TCB info", parsed.tcbInfo().period());
    all.put("QE identity", parsed.qeIdentity().period());
    all.put("root CRL", new Period(parsed.rootCrl().thisUpdate(), parsed.rootCrl().nextUpdate()));
    all.put("PCK CRL", new Period(parsed.pckCrl().thisUpdate(), parsed.pckCrl().nextUpdate()));
    return all;
  }

  /** Its series and numbers. */
  Map<String, Integer> evaluationNumbers() {
    return Map.of(
        "tcbInfo " + parsed.tcbInfo().fmspc().hex(),
        parsed.tcbInfo().evaluationNumber(),
        "qeIdentity",
        parsed.qeIdentity().evaluationNumber());
  }
}
