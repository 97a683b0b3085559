package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** PCR values that a TPM signed for us. Only {@link QuoteVerifier} makes one. */
public final class VerifiedQuote {
  private final TpmsAttest attest;
  private final Digests bank;
  private final SortedMap<Integer, Bytes> pcrs;

  VerifiedQuote(TpmsAttest attest, Digests bank, SortedMap<Integer, Bytes> pcrs) {
    this.attest = attest;
    this.bank = bank;
    this.pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
  }

  public TpmsAttest attest() {
    return attest;
  }

  public Digests bank() {
    return bank;
  }

  /** The quoted PCRs, no others. */
  public SortedMap<Integer, Bytes> pcrs() {
    return pcrs;
  }
}
