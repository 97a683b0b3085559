package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The attestation document of all vTPM variants (wire contract, section 4), parsed, not verified.
 *
 * @param akPub TPMT_PUBLIC of the key that made the quotes
 * @param quotes one for each PCR bank
 * @param eventLog the firmware's; null where the document has none
 * @param akCert DER; null where the document has none
 * @param intermediateCerts DER, the AK certificate's issuer first
 * @param instanceInfo what the variant says of the machine; null where it says nothing
 * @param userData what the attester wanted said
 */
public record VtpmDocument(
    Bytes akPub,
    List<BankQuote> quotes,
    @Nullable Bytes eventLog,
    @Nullable Bytes akCert,
    List<Bytes> intermediateCerts,
    @Nullable Bytes instanceInfo,
    Bytes userData) {

  /**
   * A quote over the PCRs of one bank.
   *
   * @param quote TPMS_ATTEST
   * @param rawSig TPMT_SIGNATURE
   * @param pcrs the values that the quote is said to be over
   */
  public record BankQuote(Digests hash, Bytes quote, Bytes rawSig, SortedMap<Integer, Bytes> pcrs) {
    public BankQuote {
      pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
    }
  }

  public VtpmDocument {
    quotes = List.copyOf(quotes);
    intermediateCerts = List.copyOf(intermediateCerts);
  }

  /** {@code SHA-256(userData ‖ nonce)}: what a document binds beside the machine. */
  public static Bytes extra(Bytes userData, Bytes nonce) {
    return Digests.SHA256.of(userData, nonce);
  }

  /** {@code SHA-256(instanceInfo ‖ extra)}: what the quotes carry. */
  public static Bytes qualifyingData(@Nullable Bytes instanceInfo, Bytes extra) {
    return Digests.SHA256.of(instanceInfo == null ? Bytes.EMPTY : instanceInfo, extra);
  }

  /** What its quotes must carry if it answers {@code nonce}. */
  Bytes qualifyingData(Bytes nonce) {
    return qualifyingData(instanceInfo, extra(userData, nonce));
  }
}
