package dev.asterism.attestation.tdx;

import dev.asterism.crypto.EcdsaP256;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/**
 * What signs a quote (ECDSA 256-bit Quote Signature Data, version 4): the attestation key's
 * signature, the quoting enclave's report that vouches for that key, and the chain of the PCK that
 * vouches for the report.
 *
 * @param signature r ‖ s over header and body
 * @param attestationKey x ‖ y
 * @param qeReportSignature r ‖ s by the PCK
 * @param qeAuthenticationData hashed into the QE's report data with the key
 */
record QuoteSignature(
    Bytes signature,
    Bytes attestationKey,
    EnclaveReport qeReport,
    Bytes qeReportSignature,
    Bytes qeAuthenticationData,
    PckChain pckChain) {

  /** Certification data type: a QE report, its signature, and certification data again. */
  static final int QE_REPORT = 6;

  /** Certification data type: the PCK's chain, PEM. */
  static final int PCK_CHAIN = 5;

  /**
   * Reads exactly the bytes that {@code in} holds.
   *
   * @param chains those that need not be read again
   */
  static QuoteSignature read(ByteReader in, PckChains chains) throws MalformedException {
    Bytes signature = in.bytes("signature", EcdsaP256.LENGTH);
    Bytes attestationKey = in.bytes("attestationKey", EcdsaP256.LENGTH);
    ByteReader outer = certificationData(in, QE_REPORT);
    in.end();
    EnclaveReport report = EnclaveReport.read(outer.narrow("qeReport", EnclaveReport.LENGTH));
    Bytes reportSignature = outer.bytes("qeReportSignature", EcdsaP256.LENGTH);
    Bytes authenticationData =
        outer.bytes("qeAuthenticationData", outer.u16le("qeAuthenticationDataSize"));
    ByteReader chain = certificationData(outer, PCK_CHAIN);
    outer.end();
    return new QuoteSignature(
        signature,
        attestationKey,
        report,
        reportSignature,
        authenticationData,
        chains.parse(chain.rest("pckChain")));
  }

  private static ByteReader certificationData(ByteReader in, int type) throws MalformedException {
    int at = in.position();
    if (in.u16le("certificationDataType") != type) {
      throw new MalformedException("certificationDataType", at, "is not " + type);
    }
    return in.narrow("certificationData", in.u32le("certificationDataSize"));
  }
}
