package dev.asterism.device;

import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * An attestation report in the making (AMD 56860, ATTESTATION_REPORT): any field can be set to
 * anything, then it is signed.
 */
public final class SoftwareReport {
  public static final int VERSION = 0x00;
  public static final int GUEST_SVN = 0x04;
  public static final int POLICY = 0x08;
  public static final int FAMILY_ID = 0x10;
  public static final int IMAGE_ID = 0x20;
  public static final int VMPL = 0x30;
  public static final int SIGNATURE_ALGORITHM = 0x34;
  public static final int CURRENT_TCB = 0x38;
  public static final int PLATFORM_INFO = 0x40;
  public static final int SIGNER_INFO = 0x48;
  public static final int REPORT_DATA = 0x50;
  public static final int MEASUREMENT = 0x90;
  public static final int HOST_DATA = 0xC0;
  public static final int ID_KEY_DIGEST = 0xE0;
  public static final int AUTHOR_KEY_DIGEST = 0x110;
  public static final int REPORT_ID = 0x140;
  public static final int REPORT_ID_MA = 0x160;
  public static final int REPORTED_TCB = 0x180;
  public static final int CPUID = 0x188;
  public static final int CHIP_ID = 0x1A0;
  public static final int COMMITTED_TCB = 0x1E0;
  public static final int CURRENT_VERSION = 0x1E8;
  public static final int COMMITTED_VERSION = 0x1EC;
  public static final int LAUNCH_TCB = 0x1F0;
  public static final int LAUNCH_MITIGATIONS = 0x1F8;
  public static final int CURRENT_MITIGATIONS = 0x200;
  public static final int SIGNATURE = 0x2A0;

  private static final int LENGTH = 0x4A0;
  private static final int NUMBER = 72;

  private final byte[] report = new byte[LENGTH];

  public SoftwareReport() {}

  /** Sets bytes from {@code offset} on. */
  public SoftwareReport set(int offset, Bytes value) {
    System.arraycopy(value.toArray(), 0, report, offset, value.length());
    return this;
  }

  public SoftwareReport u32(int offset, long value) {
    return set(offset, new ByteWriter().u32le(value).toBytes());
  }

  public SoftwareReport u64(int offset, long value) {
    return set(offset, new ByteWriter().u64le(value).toBytes());
  }

  /** The report with a signature over its first 2A0h bytes, as it is now. */
  public Bytes signed(PrivateKey key) {
    try {
      Signature signer = Signature.getInstance("SHA384withECDSAinP1363Format");
      signer.initSign(key);
      signer.update(report, 0, SIGNATURE);
      byte[] signature = signer.sign();
      int half = signature.length / 2;
      for (int i = 0; i < half; i++) {
        report[SIGNATURE + i] = signature[half - 1 - i];
        report[SIGNATURE + NUMBER + i] = signature[2 * half - 1 - i];
      }
      return raw();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not sign with P-384", e);
    }
  }

  /** As it is now. */
  public Bytes raw() {
    return Bytes.of(report);
  }
}
