package dev.asterism.attestation.tpm;

import dev.asterism.device.Tpm2;

/** TPM_RC (part 2, section 6.6) taken apart and put into words. */
final class ResponseCodes {
  private static final long FORMAT_ONE = 0x80;

  /** Bit 7, and all those from 12 on: no TPM sets these, but the software below may. */
  private static final long FORMAT_MASK = 0xfffff080L;

  private static final long FORMAT_ONE_ERROR = 0xbf;

  /** TPM_RC_HANDLE: the handle is of nothing. */
  private static final long HANDLE = 0x8b;

  /** TPM_RC_REFERENCE_H0 to H6: the transient object of the n-th handle is not loaded. */
  private static final long REFERENCE_H0 = 0x910;

  private static final long REFERENCE_H6 = 0x916;

  private ResponseCodes() {}

  /** Whether the TPM asks to send the same command again. */
  static boolean isTransient(long code) {
    return code == Tpm2.RC_RETRY || code == Tpm2.RC_YIELDED || code == Tpm2.RC_TESTING;
  }

  /** Whether a handle or NV index named in the command does not exist. */
  static boolean isNoSuchHandle(long code) {
    return isFormatOne(code)
        ? (code & FORMAT_ONE_ERROR) == HANDLE
        : code >= REFERENCE_H0 && code <= REFERENCE_H6;
  }

  static String describe(long code) {
    if (isFormatOne(code)) {
      String what = formatOne((int) (code & FORMAT_ONE_ERROR));
      long number = (code >> 8) & 0x0f;
      if ((code & 0x40) != 0) {
        return what + ", parameter " + number;
      }
      return number == 0
          ? what
          : what + (number < 8 ? ", handle " + number : ", session " + (number - 8));
    }
    return formatZero((int) code);
  }

  private static boolean isFormatOne(long code) {
    return (code & FORMAT_MASK) == FORMAT_ONE;
  }

  private static String formatOne(int code) {
    return switch (code) {
      case 0x82 -> "inconsistent attributes";
      case 0x83 -> "hash algorithm not supported";
      case 0x84 -> "value out of range";
      case 0x8b -> "no such handle";
      case 0x8e -> "authorization failed";
      case 0x92 -> "scheme not supported";
      case 0x95 -> "wrong size";
      case 0x98 -> "wrong tag";
      case 0x9a -> "insufficient data";
      case 0x9c -> "key of the wrong kind";
      case 0x9d -> "the policy does not hold";
      case 0xa2 -> "authorization failed, not counted";
      default -> "format-one error";
    };
  }

  private static String formatZero(int code) {
    return switch (code) {
      case 0x100 -> "TPM2_Startup needed or already done";
      case 0x101 -> "the TPM is in failure mode";
      case 0x124 -> "authorization type not allowed";
      case 0x125 -> "authorization missing";
      case 0x128 -> "PCRs were extended since the policy was checked";
      case 0x142 -> "command size wrong";
      case 0x143 -> "command not implemented";
      case 0x145 -> "authorization size wrong";
      case 0x14a -> "NV index not written yet";
      case 0x14b -> "no room in NV memory";
      case 0x14c -> "NV index exists already";
      case 0x902 -> "no room for objects";
      case 0x907 -> "wrong locality";
      case 0x908 -> "yielded";
      case 0x90a -> "testing";
      case 0x910, 0x911, 0x912 -> "object not loaded";
      case 0x921 -> "locked out after wrong authorizations";
      case 0x922 -> "retry";
      default -> "see part 2 of the TPM specification";
    };
  }
}
