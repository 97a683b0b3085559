package dev.asterism.device;

/** A command that the software TPM refuses, with its response code (part 2, section 6.6). */
final class TpmError extends Exception {
  private static final long serialVersionUID = 1L;

  // Format zero: about the command as a whole.
  static final int INITIALIZE = 0x100;
  static final int BAD_TAG = 0x01e;
  static final int AUTH_MISSING = 0x125;
  static final int AUTH_UNAVAILABLE = 0x12f;
  static final int COMMAND_SIZE = 0x142;
  static final int COMMAND_CODE = 0x143;
  static final int AUTHSIZE = 0x144;
  static final int AUTH_CONTEXT = 0x145;
  static final int NV_RANGE = 0x146;
  static final int NV_AUTHORIZATION = 0x149;
  static final int NV_UNINITIALIZED = 0x14a;
  static final int NV_SPACE = 0x14b;
  static final int NV_DEFINED = 0x14c;
  static final int OBJECT_MEMORY = 0x902;
  static final int MEMORY = 0x904;
  static final int LOCALITY = 0x907;
  static final int REFERENCE_H0 = 0x910;
  static final int REFERENCE_S0 = 0x918;

  // Format one: about one handle, parameter or session.
  static final int ATTRIBUTES = 0x082;
  static final int HASH = 0x083;
  static final int VALUE = 0x084;
  static final int HIERARCHY = 0x085;
  static final int TYPE = 0x08a;
  static final int HANDLE = 0x08b;
  static final int RANGE = 0x08d;
  static final int AUTH_FAIL = 0x08e;
  static final int NONCE = 0x08f;
  static final int SCHEME = 0x092;
  static final int SIZE = 0x095;
  static final int SYMMETRIC = 0x096;
  static final int INSUFFICIENT = 0x09a;
  static final int KEY = 0x09c;
  static final int KDF = 0x08c;
  static final int RESERVED_BITS = 0x0a1;
  static final int BAD_AUTH = 0x0a2;
  static final int CURVE = 0x0a6;

  private static final int PARAMETER = 0x40;
  private static final int SESSION = 8;

  private final int responseCode;

  TpmError(int responseCode) {
    super("TPM_RC 0x" + Integer.toHexString(responseCode));
    this.responseCode = responseCode;
  }

  /**
   * A format-one error about a parameter.
   *
   * @param number from 1
   */
  static TpmError parameter(int number, int error) {
    return new TpmError(error | PARAMETER | number << 8);
  }

  /**
   * A format-one error about a handle.
   *
   * @param number from 1
   */
  static TpmError handle(int number, int error) {
    return new TpmError(error | number << 8);
  }

  /**
   * A format-one error about a session.
   *
   * @param number from 1
   */
  static TpmError session(int number, int error) {
    return new TpmError(error | (SESSION + number) << 8);
  }

  int responseCode() {
    return responseCode;
  }
}
