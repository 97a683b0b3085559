package dev.asterism.disk.luks;

import java.io.IOException;

/** libcryptsetup refused; the message holds its own words and the error number, never a key. */
public final class CryptException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int error;

  CryptException(String message, int error) {
    super(message);
    this.error = error;
  }

  /** The negative errno that the library returned. */
  public int error() {
    return error;
  }
}
