package dev.asterism.attestation.azure;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/**
 * What the host compatibility layer (HCL, the paravisor) leaves in the vTPM's NV index 0x01400001,
 * parsed, not verified: a header, the hardware's report, and the runtime data that it vouches for.
 * All numbers are little endian.
 *
 * @param hardwareReport an SNP report of 1184 bytes, or a TDREPORT of 1024
 * @param runtimeData JSON, the bytes that are hashed
 */
record HclReport(Hardware hardware, Bytes hardwareReport, Bytes runtimeData) {
  private static final String WHAT = "HCL report";
  private static final Bytes SIGNATURE = Bytes.ofUtf8("HCLA");
  private static final int HEADER = 32;
  private static final int HARDWARE_REPORT = 1184;
  private static final int VERSION = 1;
  private static final int SHA256 = 1;

  /** What made the report. */
  enum Hardware {
    SNP(2, 1184),
    TDX(4, 1024);

    private final int reportType;
    private final int length;

    Hardware(int reportType, int length) {
      this.reportType = reportType;
      this.length = length;
    }

    private static Hardware of(long reportType, int at) throws MalformedException {
      for (Hardware hardware : values()) {
        if (hardware.reportType == reportType) {
          return hardware;
        }
      }
      throw new MalformedException("reportType", at, "is neither SNP (2) nor TDX (4)");
    }
  }

  /** Reads it; only zeros may follow, which fill the NV index. */
  static HclReport parse(Bytes raw) throws MalformedException {
    ByteReader in = raw.reader(WHAT);
    ByteReader header = in.narrow("header", HEADER);
    if (!header.bytes("signature", SIGNATURE.length()).equals(SIGNATURE)) {
      throw new MalformedException("signature", 0, "is not HCLA");
    }
    ByteReader report = in.narrow("hardwareReport", HARDWARE_REPORT);
    int at = in.position();
    // The size counts itself.
    ByteReader runtime = in.narrow("runtime", in.u32le("dataSize") - Integer.BYTES);
    requireNumber(runtime, "version", VERSION);
    Hardware hardware = Hardware.of(runtime.u32le("reportType"), at + 2 * Integer.BYTES);
    requireNumber(runtime, "hashType", SHA256);
    Bytes data = runtime.bytes("runtimeData", runtime.u32le("runtimeDataSize"));
    runtime.end();
    if (!in.rest("padding").isAllZero()) {
      throw new MalformedException(WHAT, "is followed by something else than zeros");
    }
    return new HclReport(hardware, report.bytes("hardwareReport", hardware.length), data);
  }

  private static void requireNumber(ByteReader in, String field, int expected)
      throws MalformedException {
    int at = in.position();
    if (in.u32le(field) != expected) {
      throw new MalformedException(field, at, "is not " + expected);
    }
  }
}
