package dev.asterism.attestation.tpm;

import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;

/**
 * TPMS_ATTEST (part 2, section 10.12.12) of a quote, big endian; parsed, not verified.
 *
 * @param raw the signed bytes
 * @param magic says whether a TPM generated it; not checked here
 * @param qualifiedSigner the qualified name of the signing key
 * @param pcrSelect attested.quote.pcrSelect
 * @param pcrDigest attested.quote.pcrDigest
 */
public record TpmsAttest(
    Bytes raw,
    long magic,
    Bytes qualifiedSigner,
    Bytes extraData,
    ClockInfo clockInfo,
    long firmwareVersion,
    List<PcrSelection> pcrSelect,
    Bytes pcrDigest) {
  /** sizeof(TPMT_HA) with the largest hash. */
  private static final int MAX_EXTRA_DATA = 66;

  /**
   * TPMS_CLOCK_INFO.
   *
   * @param clock milliseconds that the TPM was powered
   * @param resetCount how often it was reset (power cycles of a guest)
   * @param restartCount how often it was resumed since
   * @param safe whether the clock never ran ahead of this value before
   */
  public record ClockInfo(long clock, long resetCount, long restartCount, boolean safe) {}

  /** Reads the whole of {@code raw}. */
  public static TpmsAttest parse(Bytes raw) throws MalformedException {
    ByteReader in = raw.reader("TPMS_ATTEST");
    long magic = in.u32be("magic");
    int type = in.u16be("type");
    if (type != Tpm2.ST_ATTEST_QUOTE) {
      throw new MalformedException("type", in.position(), "is not TPM_ST_ATTEST_QUOTE");
    }
    Bytes qualifiedSigner = in.bytes("qualifiedSigner", in.u16be("qualifiedSigner.size"));
    int extraSize = in.u16be("extraData.size");
    if (extraSize > MAX_EXTRA_DATA) {
      throw new MalformedException("extraData.size", "is larger than TPM2B_DATA");
    }
    Bytes extraData = in.bytes("extraData", extraSize);
    ClockInfo clockInfo = clockInfo(in);
    long firmwareVersion = in.u64be("firmwareVersion");
    List<PcrSelection> pcrSelect = PcrSelection.parseList(in);
    Bytes pcrDigest = in.bytes("pcrDigest", in.u16be("pcrDigest.size"));
    in.end();
    return new TpmsAttest(
        raw, magic, qualifiedSigner, extraData, clockInfo, firmwareVersion, pcrSelect, pcrDigest);
  }

  private static ClockInfo clockInfo(ByteReader in) throws MalformedException {
    long clock = in.u64be("clockInfo.clock");
    long resetCount = in.u32be("clockInfo.resetCount");
    long restartCount = in.u32be("clockInfo.restartCount");
    int safe = in.u8("clockInfo.safe");
    if (safe > 1) {
      throw new MalformedException("clockInfo.safe", in.position(), "is neither YES nor NO");
    }
    return new ClockInfo(clock, resetCount, restartCount, safe == 1);
  }
}
