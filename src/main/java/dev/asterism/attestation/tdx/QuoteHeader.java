package dev.asterism.attestation.tdx;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.HexFormat;

/**
 * The first 48 bytes of a quote (Intel TDX DCAP Quoting Library API, appendix A.3). Attestation key
 * and TEE are those that we know, else there is no quote to speak of.
 *
 * @param version 4 or 5
 * @param svns four bytes: SVN of the QE and of the PCE; zero in real quotes
 * @param qeVendorId 16 bytes
 * @param userData 20 bytes, the QE's
 */
record QuoteHeader(int version, Bytes svns, Bytes qeVendorId, Bytes userData) {
  static final int VERSION_4 = 4;
  static final int VERSION_5 = 5;

  /** ECDSA-256-with-P-256. */
  static final int ECDSA_P256 = 2;

  static final long TEE_TDX = 0x81;

  /** The QE vendor id of Intel: 939a7233-f79c-4ca9-940a-0db3957f0607. */
  static final Bytes INTEL = Bytes.of(HexFormat.of().parseHex("939a7233f79c4ca9940a0db3957f0607"));

  static QuoteHeader read(ByteReader in) throws MalformedException {
    int version = in.u16le("version");
    if (version != VERSION_4 && version != VERSION_5) {
      throw new MalformedException("version", 0, "is neither 4 nor 5");
    }
    if (in.u16le("attestationKeyType") != ECDSA_P256) {
      throw new MalformedException("attestationKeyType", 2, "is not ECDSA on P-256");
    }
    if (in.u32le("teeType") != TEE_TDX) {
      throw new MalformedException("teeType", 4, "is not TDX");
    }
    return new QuoteHeader(
        version,
        in.bytes("qeSvn, pceSvn", 4),
        in.bytes("qeVendorId", 16),
        in.bytes("userData", 20));
  }
}
