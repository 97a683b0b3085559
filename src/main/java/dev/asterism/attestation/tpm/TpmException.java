package dev.asterism.attestation.tpm;

import java.io.IOException;

/** A TPM refused a command, or answered something that is no response to it. */
public final class TpmException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long responseCode;

  TpmException(String command, long responseCode) {
    super(
        command
            + " was answered with response code 0x"
            + Long.toHexString(responseCode)
            + " ("
            + ResponseCodes.describe(responseCode)
            + ")");
    this.responseCode = responseCode;
  }

  /** TPM_RC, part 2 section 6.6. */
  public long responseCode() {
    return responseCode;
  }
}
