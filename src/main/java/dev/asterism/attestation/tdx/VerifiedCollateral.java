package dev.asterism.attestation.tdx;

import dev.asterism.crypto.RevocationList;
import java.security.cert.X509Certificate;
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
  private final SequencedMap<String, Period> periods;
  private final Period all;
  private final Map<String, Integer> numbers;
  private final String revoked;

  /**
   * Works out all that does not change with the quote.
   *
   * @param raw as it was given: the same object again needs no second look
   * @param authority which issued the PCK certificates that it is about
   */
  VerifiedCollateral(TdxCollateral raw, ParsedCollateral parsed, X509Certificate authority) {
    this.raw = raw;
    this.parsed = parsed;
    this.periods = periods(parsed);
    this.all = periods.values().stream().reduce(Period::during).orElseThrow();
    this.numbers =
        Map.of(
            "tcbInfo " + parsed.tcbInfo().fmspc().hex(),
            parsed.tcbInfo().evaluationNumber(),
            "qeIdentity",
            parsed.qeIdentity().evaluationNumber());
    this.revoked = revoked(parsed, authority);
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

  /** When all of it counts. */
  Period period() {
    return all;
  }

  /** All that runs out, by name. */
  SequencedMap<String, Period> periods() {
    return periods;
  }

  /** Its series and numbers. */
  Map<String, Integer> evaluationNumbers() {
    return numbers;
  }

  /**
   * Which of authority and signers, with their issuers, the root's list revokes; empty where none.
   */
  String revokedIssuer() {
    return revoked;
  }

  /** Whether the authority's list revokes a PCK certificate. */
  boolean revokes(X509Certificate pck) {
    return parsed.pckCrl().lists(pck);
  }

  private static SequencedMap<String, Period> periods(ParsedCollateral parsed) {
    SequencedMap<String, Period> all = new LinkedHashMap<>();
    all.put("TCB info", parsed.tcbInfo().period());
    all.put("QE identity", parsed.qeIdentity().period());
    all.put("root CRL", of(parsed.rootCrl()));
    all.put("PCK CRL", of(parsed.pckCrl()));
    all.put("signer of TCB info", of(parsed.tcbInfoChain().getFirst()));
    all.put("signer of QE identity", of(parsed.qeIdentityChain().getFirst()));
    return all;
  }

  private static Period of(RevocationList list) {
    return new Period(list.thisUpdate(), list.nextUpdate());
  }

  private static Period of(X509Certificate certificate) {
    return new Period(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  private static String revoked(ParsedCollateral parsed, X509Certificate authority) {
    if (parsed.rootCrl().lists(authority)) {
      return "PCK authority";
    }
    if (parsed.tcbInfoChain().stream().anyMatch(parsed.rootCrl()::lists)) {
      return "signer of TCB info";
    }
    return parsed.qeIdentityChain().stream().anyMatch(parsed.rootCrl()::lists)
        ? "signer of QE identity"
        : "";
  }
}
